/// All categories and their groups. Group numbers count through the categories in order.
enum Vocabulary {
    static let categories: [CategoryVocabulary] = [
        electronics, computing, homeAndKitchen, garden, sportsAndOutdoors, clothing,
        beauty, toysAndGames, books, grocery, pets, diyAndTools,
    ]

    static let groups: [GroupVocabulary] = categories.flatMap(\.groups)

    /// Category of each group.
    static let categoryOfGroup: [Int] = categories.indices.flatMap { category in
        categories[category].groups.map { _ in category }
    }

    /// Number of a group by its name. The names are constants of this module; a wrong one is a bug.
    static func group(_ name: String) -> Int {
        guard let number = groups.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("no group is called \(name)")
        }
        return number
    }

    static let electronics = CategoryVocabulary(
        """
        Electronics
        durable; 1.1
        0.9; 0.8; 0.8; 0.8; 0.8; 0.9; 0.9; 0.9; 1.0; 1.0; 1.6; 1.6
        Compact; Wireless; Portable; Smart; Slim; Studio; Everyday; Pro; Pocket; Premium; Classic; Rechargeable; \
        Ultra-light; Travel; Essential; Signature
        Black; White; Silver; Graphite; Navy; Sage; Rose; Sand; Midnight; Copper
        Voltino; Pixmore; Audrix; Lumaro; Helvion; Norvik; Castellan; Orpheon
        battery: 8 h; 12 h; 20 h; 30 h; mains
        connection: Bluetooth 5.3; Wi-Fi 6; USB-C; 3.5 mm jack; HDMI
        warranty: 1 year; 2 years; 3 years
        Audio, £25–260
        Headphones; Earbuds; Bluetooth Speaker; Soundbar; Turntable; Bookshelf Speakers; DAB Radio; Microphone
        long listening sessions; clear voices and deep bass; music in every room
        Wearables, £30–300
        Fitness Tracker; Running Watch; Heart-Rate Strap; Smart Scale; GPS Watch; Sleep Tracker; Sports Earphones; \
        Smart Ring
        counting every step; training by heart rate; people who measure their progress
        Photography, £20–480
        Compact Camera; Action Camera; Tripod; Camera Bag; Lens Kit; Ring Light; Photo Printer; Drone
        sharp pictures in low light; photographs worth printing; filming on the move
        Smart Home, £12–180
        Smart Plug; Smart Bulb; Video Doorbell; Thermostat; Motion Sensor; Security Camera; Light Strip; Voice \
        Assistant
        lights that know when to go out; a home that saves energy; keeping an eye on the door
        """
    )

    static let computing = CategoryVocabulary(
        """
        Computing
        durable; 1.0
        1.1; 0.9; 0.9; 0.8; 0.8; 0.8; 0.9; 1.2; 1.2; 0.9; 1.4; 1.1
        Ergonomic; Mechanical; Silent; Wireless; Backlit; Adjustable; Dual; High-speed; Slim; Modular; Fanless; \
        Rugged; Entry; Advanced; Tournament; Quiet
        Black; White; Space Grey; Silver; Mini; Full Size; Mark II; Plus; Arctic; Carbon
        Keybyte; Datalo; Nexaro; Tarnwick; Quillon; Vantek; Obsidia; Meridian Labs
        interface: USB-C; USB-A; Bluetooth; 2.4 GHz; Thunderbolt
        cable: none; 1 m; 1.8 m; 3 m
        warranty: 1 year; 2 years; 5 years
        Gaming, £18–320
        Gaming Mouse; Gaming Keyboard; Headset; Controller; Gaming Chair; Capture Card; Mouse Mat; Streaming Camera
        fast reactions; late evenings with friends online; steady aim
        Home Office, £12–350
        Monitor; Laptop Stand; Desk Lamp; Docking Station; Webcam; Office Chair; Keyboard; Standing Desk
        long days at the desk; video calls that look professional; a tidy workplace
        Storage, £10–220
        Portable Drive; Memory Card; USB Stick; Network Drive; Card Reader; Drive Enclosure; Backup Drive; Solid-State \
        Drive
        keeping every file twice; moving large projects; backups that run by themselves
        Printing, £6–240
        Inkjet Printer; Laser Printer; Ink Cartridge; Photo Paper; Label Printer; Toner; Document Scanner; Paper \
        Shredder
        crisp text on plain paper; small offices; labels that stay readable
        """
    )

    static let diyAndTools = CategoryVocabulary(
        """
        DIY & Tools
        durable; 0.8
        0.9; 0.9; 1.2; 1.3; 1.3; 1.1; 1.0; 0.9; 1.0; 1.0; 0.9; 0.7
        Cordless; Heavy-duty; Precision; Compact; Professional; Folding; Quick-grip; Hardened; Magnetic; All-purpose; \
        Tradesman's; Insulated; Starter; Long-reach; Dust-free; Reliable
        Set of 5; Set of 10; Small; Medium; Large; 12 V; 18 V; Yellow; Red; Bare Unit
        Hobley; Fixwell; Brackenridge; Tormark; Steelhaven; Grantham; Kesselring; Aldermere
        material: chrome vanadium; hardened steel; beech; aluminium; nylon
        weight: 0.3 kg; 0.8 kg; 1.5 kg; 3.2 kg
        warranty: 1 year; 3 years; 10 years
        Power Tools, £30–320
        Drill Driver; Jigsaw; Circular Saw; Orbital Sander; Angle Grinder; Router; Heat Gun; Multi-Tool
        clean cuts in hardwood; a weekend of shelves; jobs that cannot wait
        Hand Tools, £6–90
        Hammer; Screwdriver Set; Spanner Set; Spirit Level; Tape Measure; Chisel Set; Hand Saw; Pliers
        the drawer everybody opens first; careful work at the bench; tools handed down
        Decorating, £5–70
        Paint Roller; Brush Set; Masking Tape; Dust Sheet; Wallpaper Table; Filler; Paint Tray; Step Ladder
        a room done in a day; straight edges and even coats; old walls made new
        Electrical, £5–110
        Extension Lead; LED Downlight; Dimmer Switch; Cable Reel; Work Light; Socket Tester; Junction Box; Wall Light
        safe wiring; light where the work is; replacing a tired fitting
        """
    )

    static let homeAndKitchen = CategoryVocabulary(
        """
        Home & Kitchen
        durable; 1.4
        1.0; 0.9; 0.9; 0.9; 0.9; 0.9; 0.9; 0.9; 1.0; 1.0; 1.3; 1.4
        Handmade; Enamel; Stoneware; Stackable; Rustic; Non-stick; Family; Heritage; Nordic; Farmhouse; Hand-glazed; \
        Polished; Linen-look; Generous; Country; Minimal
        Cream; Sage; Slate; Ochre; Ink Blue; Small; Large; Set of 2; Set of 4; Natural
        Homebird; Larder & Co; Thornbury; Pantwell; Mellowstone; Ashcombe; Bellhaven; Maison Orne
        material: stoneware; cast iron; stainless steel; oak; cotton; glass
        dishwasher_safe: yes; no
        origin: Portugal; England; Denmark; India; France
        Cookware, £12–190
        Frying Pan; Casserole Dish; Saucepan; Chef's Knife; Wok; Roasting Tin; Stock Pot; Griddle
        slow Sunday cooking; even heat on any hob; cooks who use it daily
        Baking, £6–80
        Cake Tin; Mixing Bowl; Rolling Pin; Loaf Tin; Piping Set; Kitchen Scales; Cooling Rack; Dough Scraper
        birthday cakes; bread every morning; biscuits with the children
        Tableware, £8–120
        Dinner Plates; Wine Glasses; Serving Platter; Cutlery Set; Table Runner; Mug; Carafe; Candle Holder
        a table set for friends; long dinners; everyday meals made special
        Bedroom, £10–220
        Duvet Cover; Pillow; Throw; Bedside Lamp; Mattress Topper; Blanket; Cushion; Blackout Curtains
        quiet nights; a bed that is hard to leave; cool sleep in summer
        """
    )

    static let garden = CategoryVocabulary(
        """
        Garden
        durable; 0.9
        0.4; 0.6; 1.3; 1.8; 2.0; 1.7; 1.3; 0.9; 0.7; 0.5; 0.4; 0.4
        Weatherproof; Galvanised; Cottage; Hardy; Self-watering; Folding; Terracotta; Long-handled; Organic; Wildlife; \
        Raised; Trailing; Heirloom; Solar; Frost-proof; Woodland
        Small; Medium; Large; Green; Anthracite; Natural Oak; Pack of 3; Pack of 6; White; Rust
        Greenacre; Potter's Yard; Hedgeway; Sunfield; Briar & Moss; Wychwood; Kentish Rose; Arbour Hall
        material: steel; oak; terracotta; recycled plastic; rattan
        position: full sun; half shade; shade; any
        frost_hardy: yes; no
        Growing, £5–60
        Seed Tray; Propagator; Planter; Compost; Tomato Seeds; Herb Kit; Plant Pot; Grow Bag
        the first seedlings of spring; a windowsill of herbs; vegetables from your own bed
        Garden Tools, £8–160
        Secateurs; Garden Fork; Spade; Hedge Trimmer; Watering Can; Hose Reel; Wheelbarrow; Pruning Saw
        heavy soil; clean cuts that heal; an afternoon in the borders
        Barbecue, £10–380
        Charcoal Grill; Gas Barbecue; Fire Pit; Grill Tongs; Pizza Oven; Smoker; Barbecue Cover; Patio Heater
        warm evenings outside; smoke and slow fire; feeding a crowd
        Garden Wildlife, £6–70
        Bird Feeder; Nest Box; Bee Hotel; Hedgehog House; Bird Bath; Wildflower Seeds; Squirrel Baffle; Butterfly \
        House
        birds close to the window; bees and butterflies; a garden that hums
        """
    )

    static let pets = CategoryVocabulary(
        """
        Pets
        consumable; 0.8
        1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.0; 1.1
        Grain-free; Chew-proof; Cosy; Washable; Natural; Gentle; Playful; Reflective; Crunchy; Orthopaedic; Everyday; \
        Sensitive; Padded; Interactive; Hand-baked; Country
        Small; Medium; Large; Salmon; Chicken; Lamb; Blue; Tartan; Pack of 6; Value Pack
        Waggle; Pawsome Pantry; Tailwind; Furrow; Barkley & Sons; Whiskerfield; Noble Hound; Cattery Row
        life_stage: puppy or kitten; adult; senior; all ages
        size: small breeds; medium breeds; large breeds; all
        washable: yes; no
        Dogs, £6–110
        Dog Lead; Dog Bed; Dog Treats; Dog Coat; Dog Harness; Dog Food; Chew Toy; Dog Bowl
        muddy walks; loyal companions; a well-earned rest after the park
        Cats, £5–120
        Cat Tree; Cat Litter; Cat Food; Scratching Post; Cat Flap; Feather Wand; Cat Bed; Cat Carrier
        curious cats; naps in the sun; indoor hunters
        Aquatics, £6–240
        Aquarium; Water Filter; Fish Food; Air Pump; Aquarium Heater; Gravel; Aquarium Light; Net
        clear water; a calm corner of the room; healthy plants and fish
        Small Animals, £5–130
        Rabbit Hutch; Hay; Hamster Wheel; Bird Cage; Bedding; Water Bottle; Guinea Pig Food; Play Tunnel
        small paws; children's first pets; a clean, dry home
        """
    )

    static let clothing = CategoryVocabulary(
        """
        Clothing
        durable; 1.3
        1.1; 0.9; 1.0; 1.0; 1.0; 1.0; 0.9; 0.8; 1.1; 1.1; 1.3; 1.2
        Merino; Organic Cotton; Relaxed; Tailored; Quilted; Striped; Soft; Slim-fit; Brushed; Everyday; Vintage; \
        Linen; Ribbed; Oversized; Fleece-lined; Classic
        Navy; Charcoal; Oatmeal; Olive; Rust; Black; White; Teal; Burgundy; Stone
        Plainway; Millthread; Cotterdale; Loomfield; Harrow Lane; Saltmarsh; Finch & Vale; Atelier Brix
        fabric: cotton; merino wool; linen; recycled polyester; down
        wash: 30 °C; 40 °C; hand wash; dry clean
        fit: slim; regular; relaxed
        Outdoor Wear, £12–240
        Rain Jacket; Fleece; Walking Trousers; Base Layer; Down Jacket; Gaiters; Woolly Hat; Walking Socks
        weather that changes its mind; layering on the hill; dry feet
        Sportswear, £8–95
        Leggings; Sports Top; Training Hoodie; Sports Bra; Track Pants; Compression Tights; Gym Shorts; Sweatband
        hard training; moving freely; the gym and the way home
        Smart Wear, £15–260
        Shirt; Blazer; Chinos; Dress; Wool Coat; Leather Belt; Silk Scarf; Oxford Shoes
        the office and afterwards; weddings and first days; looking put together
        Children's Wear, £5–55
        Dungarees; Rain Boots; Pyjamas; School Jumper; Sun Hat; Mittens; Children's T-Shirt; Puddle Suit
        puddles; growing fast; the school run
        """
    )

    static let beauty = CategoryVocabulary(
        """
        Beauty
        consumable; 0.9
        0.9; 1.1; 1.0; 1.0; 1.1; 1.0; 1.0; 0.9; 0.9; 0.9; 1.2; 1.4
        Hydrating; Gentle; Radiant; Matte; Nourishing; Calming; Vitamin C; Botanical; Velvet; Purifying; Overnight; \
        Fragrance-free; Rose; Sea Salt; Long-lasting; Silky
        30 ml; 50 ml; 100 ml; 250 ml; Travel Size; Refill; Gift Set; Amber; Coral; Plum
        Dewberry; Simply Skin; Fernleaf; Calyx; Rosewater Row; Solenne; Maren; Isolde Paris
        skin_type: all; dry; oily; sensitive
        vegan: yes; no
        scent: none; rose; citrus; cedar; lavender
        Skincare, £6–85
        Face Cream; Serum; Cleanser; Eye Cream; Sun Cream; Face Mask; Facial Toner; Lip Balm
        a simple routine; skin that feels awake; tired mornings
        Make-up, £5–55
        Lipstick; Mascara; Foundation; Eyeshadow Palette; Blusher; Brow Pencil; Nail Polish; Highlighter
        a polished look in five minutes; evenings out; colour that stays
        Hair Care, £5–120
        Shampoo; Conditioner; Hair Oil; Hair Dryer; Styling Brush; Hair Mask; Dry Shampoo; Curl Cream
        soft, easy hair; curls with a will of their own; colour that needs care
        Grooming, £5–130
        Beard Oil; Safety Razor; Shaving Cream; Aftershave; Hair Clipper; Beard Comb; Shaving Brush; Hand Balm
        a close, calm shave; well-kept beards; a tidy washbag
        """
    )

    static let grocery = CategoryVocabulary(
        """
        Grocery
        consumable; 1.2
        0.9; 0.9; 1.0; 1.0; 0.9; 0.9; 0.9; 0.9; 1.0; 1.0; 1.2; 1.4
        Organic; Fairtrade; Small-batch; Roasted; Smoked; Wholegrain; Single-origin; Raw; Spiced; Traditional; \
        Sea-salted; Dark; Stone-ground; Mild; Extra; Handpicked
        250 g; 500 g; 1 kg; Pack of 6; Pack of 12; Tin; Jar; Family Pack; Gift Box; Refill Bag
        Larkfield; Daily Mill; Orchard Row; Harvest Home; Tidewater; Copperpot; Bramblewick; Casa Olmo
        diet: vegan; vegetarian; gluten-free; any
        origin: Italy; Ethiopia; England; Spain; Japan
        storage: cool and dry; refrigerate after opening
        Coffee, £5–45
        Espresso Beans; Ground Coffee; Coffee Pods; Filter Coffee; Cold Brew; Decaf Beans; Coffee Sampler; Oat Creamer
        the first cup; desk drawers; people who weigh their beans
        Tea & Infusions, £5–35
        Green Tea; Earl Grey; Herbal Infusion; Matcha; Chai; Peppermint Tea; Oolong; Honey
        a pause at four o'clock; calm evenings; a warm cup in both hands
        Store Cupboard, £5–40
        Olive Oil; Pasta; Chopped Tomatoes; Flour; Basmati Rice; Spice Kit; Balsamic Vinegar; Lentils
        suppers from the cupboard; good bread and better sauce; cooking from scratch
        Trail Snacks, £5–30
        Energy Bars; Trail Mix; Protein Balls; Dried Mango; Nut Butter; Oat Flapjacks; Electrolyte Tablets; Crisps
        the last mile; gym bags and rucksacks; steady energy
        """
    )

    static let sportsAndOutdoors = CategoryVocabulary(
        """
        Sports & Outdoors
        durable; 1.2
        1.2; 0.9; 1.0; 1.1; 1.3; 1.4; 1.3; 1.1; 0.9; 0.7; 0.8; 0.9
        Lightweight; Waterproof; Trail; Alpine; Breathable; Insulated; All-weather; Packable; Cushioned; Carbon; \
        Expedition; Training; Race; Summit; Weekend; Endurance
        Black; Forest Green; Orange; Sky Blue; Small; Medium; Large; Extra Large; Grey; Red
        Stridewell; Fellside; Peakline; Rovermark; Northfell; Cairngate; Alpenro; Everhigh
        weight: 120 g; 280 g; 450 g; 900 g; 1.8 kg
        waterproof: no; 5,000 mm; 10,000 mm; 20,000 mm
        season: three seasons; summer; winter; all year
        Hiking, £12–260
        Hiking Boots; Rucksack; Trekking Poles; Tent; Sleeping Bag; Head Torch; Camping Stove; Map Case
        long days on the trail; wet moors and windy ridges; nights under canvas
        Running, £8–170
        Running Shoes; Running Vest; Hydration Belt; Running Shorts; Foam Roller; Running Socks; Reflective Band; \
        Running Jacket
        a first five kilometres; marathon mornings; dark winter runs
        Cycling, £8–350
        Cycling Helmet; Bike Light; Cycling Gloves; Saddle Bag; Bike Lock; Track Pump; Cycling Jersey; Turbo Trainer
        the daily commute; long climbs; club rides on Sunday
        Yoga, £6–90
        Yoga Mat; Yoga Block; Resistance Bands; Meditation Cushion; Pilates Ring; Kettlebell; Yoga Strap; Balance Ball
        a quiet start to the day; strength without machines; stretching after work
        """
    )

    static let toysAndGames = CategoryVocabulary(
        """
        Toys & Games
        durable; 1.0
        0.6; 0.6; 0.8; 0.8; 0.7; 0.8; 0.9; 0.8; 0.8; 1.1; 2.0; 2.4
        Wooden; Magical; Colourful; Giant; Mini; Musical; Cuddly; Classic; Travel; Award-winning; Glow-in-the-dark; \
        Cooperative; Deluxe; My First; Junior; Enchanted
        Dinosaurs; Space; Farm; Ocean; Jungle; Pirates; Fairies; Trains; Second Edition; Party Edition
        Tumbledown; Pippin; Jollybrook; Little Acorn; Puzzlewood; Kite & Comet; Grimsby Games; Alder & Ash
        age: 1+; 3+; 5+; 8+; 12+
        players: 1; 2; 2–4; 3–6
        material: beech; cardboard; plush; recycled plastic
        Board Games, £8–75
        Strategy Game; Card Game; Dice Game; Party Game; Jigsaw Puzzle; Chess Set; Quiz Game; Role-Playing Set
        rainy afternoons; competitive families; game nights that run late
        Baby & Toddler, £6–60
        Shape Sorter; Stacking Rings; Rattle; Soft Toy; Activity Gym; Bath Toy; Pull-Along Toy; Night Light
        tiny hands; first words and first steps; peaceful bedtimes
        Construction, £8–140
        Building Blocks; Marble Run; Train Track; Robot Kit; Model Aeroplane; Magnetic Tiles; Crane; Racing Track
        young engineers; hours on the floor; building it taller than last time
        Arts & Crafts, £5–50
        Paint Set; Modelling Clay; Sewing Kit; Bead Set; Sketch Pad; Colouring Pencils; Knitting Kit; Sticker Set
        making things by hand; kitchen-table artists; presents made at home
        """
    )

    static let books = CategoryVocabulary(
        """
        Books
        durable; 1.2
        1.0; 0.9; 0.9; 0.9; 0.9; 1.0; 1.2; 1.1; 0.9; 0.9; 1.1; 1.5
        Complete; Illustrated; Secret; Essential; Forgotten; Little; Modern; Wild; Practical; Last; Annotated; Great; \
        Hidden; Perfect; Golden; Quiet
        Paperback; Hardback; Large Print; Gift Edition; Pocket Edition; Revised Edition; Volume 1; Volume 2; Box Set; \
        Signed Copy
        Penny Lane Press; Lantern Books; Harbour House; Fenwick & Lyle; Blue Heron; Marlowe Street; Folio Green; \
        Atheneum Row
        pages: 160; 224; 320; 416; 608
        language: English
        binding: sewn; glued
        Crime Fiction, £5–25
        Village Murder; Detective Casebook; Cold Case; Harbour Mystery; Inspector's Notebook; Night Train Mystery; \
        Poisoner's Garden; Locked Room
        readers who guess the culprit; one more chapter before midnight; a long train journey
        Cookery Books, £8–38
        Bread Book; Vegetarian Kitchen; Weeknight Suppers; Italian Cookbook; Pastry Guide; Curry Companion; Family \
        Table; Preserving Handbook
        cooks who read in bed; dinner in half an hour; learning one good technique a week
        Travel & Nature, £7–40
        Walking Guide; Field Guide to Birds; Mountain Atlas; River Journey; Wild Camping Guide; Coastal Path \
        Companion; Tree Guide; Star Atlas
        the rucksack's top pocket; people who stop to look; planning the next trip
        Children's Books, £5–22
        Bedtime Stories; Picture Book; Dragon Adventure; Animal Atlas; Fairy Tales; Joke Book; First Encyclopaedia; \
        Pop-Up Book
        reading aloud; curious children; the same story every night
        """
    )
}
