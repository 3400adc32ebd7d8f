extension Vocabulary {
    static let homeAndKitchen = CategoryVocabulary(
        name: "Home & Kitchen",
        share: 1.4,
        season: [1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.3, 1.4],
        isConsumable: false,
        adjectives: [
            "Handmade", "Enamel", "Stoneware", "Stackable", "Rustic", "Non-stick", "Family", "Heritage", "Nordic",
            "Farmhouse", "Hand-glazed", "Polished", "Linen-look", "Generous", "Country", "Minimal",
        ],
        variants: ["Cream", "Sage", "Slate", "Ochre", "Ink Blue", "Small", "Large", "Set of 2", "Set of 4", "Natural"],
        brands: [
            "Homebird", "Larder & Co", "Thornbury", "Pantwell", "Mellowstone", "Ashcombe", "Bellhaven", "Maison Orne",
        ],
        specs: [
            SpecVocabulary("material", ["stoneware", "cast iron", "stainless steel", "oak", "cotton", "glass"]),
            SpecVocabulary("dishwasher_safe", ["yes", "no"]),
            SpecVocabulary("origin", ["Portugal", "England", "Denmark", "India", "France"]),
        ],
        groups: [
            GroupVocabulary(
                "Cookware",
                12...190,
                [
                    "Frying Pan", "Casserole Dish", "Saucepan", "Chef's Knife", "Wok", "Roasting Tin", "Stock Pot",
                    "Griddle",
                ],
                ["slow Sunday cooking", "even heat on any hob", "cooks who use it daily"]
            ),
            GroupVocabulary(
                "Baking",
                6...80,
                [
                    "Cake Tin", "Mixing Bowl", "Rolling Pin", "Loaf Tin", "Piping Set", "Kitchen Scales",
                    "Cooling Rack",
                    "Dough Scraper",
                ],
                ["birthday cakes", "bread every morning", "biscuits with the children"]
            ),
            GroupVocabulary(
                "Tableware",
                8...120,
                [
                    "Dinner Plates", "Wine Glasses", "Serving Platter", "Cutlery Set", "Table Runner", "Mug", "Carafe",
                    "Candle Holder",
                ],
                ["a table set for friends", "long dinners", "everyday meals made special"]
            ),
            GroupVocabulary(
                "Bedroom",
                10...220,
                [
                    "Duvet Cover", "Pillow", "Throw", "Bedside Lamp", "Mattress Topper", "Blanket", "Cushion",
                    "Blackout Curtains",
                ],
                ["quiet nights", "a bed that is hard to leave", "cool sleep in summer"]
            ),
        ]
    )

    static let garden = CategoryVocabulary(
        name: "Garden",
        share: 0.9,
        season: [0.4, 0.6, 1.3, 1.8, 2.0, 1.7, 1.3, 0.9, 0.7, 0.5, 0.4, 0.4],
        isConsumable: false,
        adjectives: [
            "Weatherproof", "Galvanised", "Cottage", "Hardy", "Self-watering", "Folding", "Terracotta", "Long-handled",
            "Organic", "Wildlife", "Raised", "Trailing", "Heirloom", "Solar", "Frost-proof", "Woodland",
        ],
        variants: [
            "Small", "Medium", "Large", "Green", "Anthracite", "Natural Oak", "Pack of 3", "Pack of 6", "White", "Rust",
        ],
        brands: [
            "Greenacre", "Potter's Yard", "Hedgeway", "Sunfield", "Briar & Moss", "Wychwood", "Kentish Rose",
            "Arbour Hall",
        ],
        specs: [
            SpecVocabulary("material", ["steel", "oak", "terracotta", "recycled plastic", "rattan"]),
            SpecVocabulary("position", ["full sun", "half shade", "shade", "any"]),
            SpecVocabulary("frost_hardy", ["yes", "no"]),
        ],
        groups: [
            GroupVocabulary(
                "Growing",
                5...60,
                [
                    "Seed Tray", "Propagator", "Planter", "Compost", "Tomato Seeds", "Herb Kit", "Plant Pot",
                    "Grow Bag",
                ],
                ["the first seedlings of spring", "a windowsill of herbs", "vegetables from your own bed"]
            ),
            GroupVocabulary(
                "Garden Tools",
                8...160,
                [
                    "Secateurs", "Garden Fork", "Spade", "Hedge Trimmer", "Watering Can", "Hose Reel", "Wheelbarrow",
                    "Pruning Saw",
                ],
                ["heavy soil", "clean cuts that heal", "an afternoon in the borders"]
            ),
            GroupVocabulary(
                "Barbecue",
                10...380,
                [
                    "Charcoal Grill", "Gas Barbecue", "Fire Pit", "Grill Tongs", "Pizza Oven", "Smoker",
                    "Barbecue Cover",
                    "Patio Heater",
                ],
                ["warm evenings outside", "smoke and slow fire", "feeding a crowd"]
            ),
            GroupVocabulary(
                "Garden Wildlife",
                6...70,
                [
                    "Bird Feeder", "Nest Box", "Bee Hotel", "Hedgehog House", "Bird Bath", "Wildflower Seeds",
                    "Squirrel Baffle", "Butterfly House",
                ],
                ["birds close to the window", "bees and butterflies", "a garden that hums"]
            ),
        ]
    )

    static let pets = CategoryVocabulary(
        name: "Pets",
        share: 0.8,
        season: [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.1],
        isConsumable: true,
        adjectives: [
            "Grain-free", "Chew-proof", "Cosy", "Washable", "Natural", "Gentle", "Playful", "Reflective", "Crunchy",
            "Orthopaedic", "Everyday", "Sensitive", "Padded", "Interactive", "Hand-baked", "Country",
        ],
        variants: [
            "Small", "Medium", "Large", "Salmon", "Chicken", "Lamb", "Blue", "Tartan", "Pack of 6", "Value Pack",
        ],
        brands: [
            "Waggle", "Pawsome Pantry", "Tailwind", "Furrow", "Barkley & Sons", "Whiskerfield", "Noble Hound",
            "Cattery Row",
        ],
        specs: [
            SpecVocabulary("life_stage", ["puppy or kitten", "adult", "senior", "all ages"]),
            SpecVocabulary("size", ["small breeds", "medium breeds", "large breeds", "all"]),
            SpecVocabulary("washable", ["yes", "no"]),
        ],
        groups: [
            GroupVocabulary(
                "Dogs",
                6...110,
                ["Dog Lead", "Dog Bed", "Dog Treats", "Dog Coat", "Dog Harness", "Dog Food", "Chew Toy", "Dog Bowl"],
                ["muddy walks", "loyal companions", "a well-earned rest after the park"]
            ),
            GroupVocabulary(
                "Cats",
                5...120,
                [
                    "Cat Tree", "Cat Litter", "Cat Food", "Scratching Post", "Cat Flap", "Feather Wand", "Cat Bed",
                    "Cat Carrier",
                ],
                ["curious cats", "naps in the sun", "indoor hunters"]
            ),
            GroupVocabulary(
                "Aquatics",
                6...240,
                [
                    "Aquarium", "Water Filter", "Fish Food", "Air Pump", "Aquarium Heater", "Gravel", "Aquarium Light",
                    "Net",
                ],
                ["clear water", "a calm corner of the room", "healthy plants and fish"]
            ),
            GroupVocabulary(
                "Small Animals",
                5...130,
                [
                    "Rabbit Hutch", "Hay", "Hamster Wheel", "Bird Cage", "Bedding", "Water Bottle", "Guinea Pig Food",
                    "Play Tunnel",
                ],
                ["small paws", "children's first pets", "a clean, dry home"]
            ),
        ]
    )
}
