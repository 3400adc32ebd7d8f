extension Vocabulary {
    static let sportsAndOutdoors = CategoryVocabulary(
        name: "Sports & Outdoors",
        share: 1.2,
        season: [1.2, 0.9, 1.0, 1.1, 1.3, 1.4, 1.3, 1.1, 0.9, 0.7, 0.8, 0.9],
        isConsumable: false,
        adjectives: [
            "Lightweight", "Waterproof", "Trail", "Alpine", "Breathable", "Insulated", "All-weather", "Packable",
            "Cushioned", "Carbon", "Expedition", "Training", "Race", "Summit", "Weekend", "Endurance",
        ],
        variants: [
            "Black", "Forest Green", "Orange", "Sky Blue", "Small", "Medium", "Large", "Extra Large", "Grey", "Red",
        ],
        brands: ["Stridewell", "Fellside", "Peakline", "Rovermark", "Northfell", "Cairngate", "Alpenro", "Everhigh"],
        specs: [
            SpecVocabulary("weight", ["120 g", "280 g", "450 g", "900 g", "1.8 kg"]),
            SpecVocabulary("waterproof", ["no", "5,000 mm", "10,000 mm", "20,000 mm"]),
            SpecVocabulary("season", ["three seasons", "summer", "winter", "all year"]),
        ],
        groups: [
            GroupVocabulary(
                "Hiking",
                12...260,
                [
                    "Hiking Boots", "Rucksack", "Trekking Poles", "Tent", "Sleeping Bag", "Head Torch", "Camping Stove",
                    "Map Case",
                ],
                ["long days on the trail", "wet moors and windy ridges", "nights under canvas"]
            ),
            GroupVocabulary(
                "Running",
                8...170,
                [
                    "Running Shoes", "Running Vest", "Hydration Belt", "Running Shorts", "Foam Roller", "Running Socks",
                    "Reflective Band", "Running Jacket",
                ],
                ["a first five kilometres", "marathon mornings", "dark winter runs"]
            ),
            GroupVocabulary(
                "Cycling",
                8...350,
                [
                    "Cycling Helmet", "Bike Light", "Cycling Gloves", "Saddle Bag", "Bike Lock", "Track Pump",
                    "Cycling Jersey", "Turbo Trainer",
                ],
                ["the daily commute", "long climbs", "club rides on Sunday"]
            ),
            GroupVocabulary(
                "Yoga",
                6...90,
                [
                    "Yoga Mat", "Yoga Block", "Resistance Bands", "Meditation Cushion", "Pilates Ring", "Kettlebell",
                    "Yoga Strap", "Balance Ball",
                ],
                ["a quiet start to the day", "strength without machines", "stretching after work"]
            ),
        ]
    )

    static let toysAndGames = CategoryVocabulary(
        name: "Toys & Games",
        share: 1.0,
        season: [0.6, 0.6, 0.8, 0.8, 0.7, 0.8, 0.9, 0.8, 0.8, 1.1, 2.0, 2.4],
        isConsumable: false,
        adjectives: [
            "Wooden", "Magical", "Colourful", "Giant", "Mini", "Musical", "Cuddly", "Classic", "Travel",
            "Award-winning",
            "Glow-in-the-dark", "Cooperative", "Deluxe", "My First", "Junior", "Enchanted",
        ],
        variants: [
            "Dinosaurs", "Space", "Farm", "Ocean", "Jungle", "Pirates", "Fairies", "Trains", "Second Edition",
            "Party Edition",
        ],
        brands: [
            "Tumbledown", "Pippin", "Jollybrook", "Little Acorn", "Puzzlewood", "Kite & Comet", "Grimsby Games",
            "Alder & Ash",
        ],
        specs: [
            SpecVocabulary("age", ["1+", "3+", "5+", "8+", "12+"]),
            SpecVocabulary("players", ["1", "2", "2–4", "3–6"]),
            SpecVocabulary("material", ["beech", "cardboard", "plush", "recycled plastic"]),
        ],
        groups: [
            GroupVocabulary(
                "Board Games",
                8...75,
                [
                    "Strategy Game", "Card Game", "Dice Game", "Party Game", "Jigsaw Puzzle", "Chess Set", "Quiz Game",
                    "Role-Playing Set",
                ],
                ["rainy afternoons", "competitive families", "game nights that run late"]
            ),
            GroupVocabulary(
                "Baby & Toddler",
                6...60,
                [
                    "Shape Sorter", "Stacking Rings", "Rattle", "Soft Toy", "Activity Gym", "Bath Toy",
                    "Pull-Along Toy",
                    "Night Light",
                ],
                ["tiny hands", "first words and first steps", "peaceful bedtimes"]
            ),
            GroupVocabulary(
                "Construction",
                8...140,
                [
                    "Building Blocks", "Marble Run", "Train Track", "Robot Kit", "Model Aeroplane", "Magnetic Tiles",
                    "Crane", "Racing Track",
                ],
                ["young engineers", "hours on the floor", "building it taller than last time"]
            ),
            GroupVocabulary(
                "Arts & Crafts",
                5...50,
                [
                    "Paint Set", "Modelling Clay", "Sewing Kit", "Bead Set", "Sketch Pad", "Colouring Pencils",
                    "Knitting Kit", "Sticker Set",
                ],
                ["making things by hand", "kitchen-table artists", "presents made at home"]
            ),
        ]
    )

    static let books = CategoryVocabulary(
        name: "Books",
        share: 1.2,
        season: [1.0, 0.9, 0.9, 0.9, 0.9, 1.0, 1.2, 1.1, 0.9, 0.9, 1.1, 1.5],
        isConsumable: false,
        adjectives: [
            "Complete", "Illustrated", "Secret", "Essential", "Forgotten", "Little", "Modern", "Wild", "Practical",
            "Last", "Annotated", "Great", "Hidden", "Perfect", "Golden", "Quiet",
        ],
        variants: [
            "Paperback", "Hardback", "Large Print", "Gift Edition", "Pocket Edition", "Revised Edition", "Volume 1",
            "Volume 2", "Box Set", "Signed Copy",
        ],
        brands: [
            "Penny Lane Press", "Lantern Books", "Harbour House", "Fenwick & Lyle", "Blue Heron", "Marlowe Street",
            "Folio Green", "Atheneum Row",
        ],
        specs: [
            SpecVocabulary("pages", ["160", "224", "320", "416", "608"]),
            SpecVocabulary("language", ["English"]),
            SpecVocabulary("binding", ["sewn", "glued"]),
        ],
        groups: [
            GroupVocabulary(
                "Crime Fiction",
                5...25,
                [
                    "Village Murder", "Detective Casebook", "Cold Case", "Harbour Mystery", "Inspector's Notebook",
                    "Night Train Mystery", "Poisoner's Garden", "Locked Room",
                ],
                ["readers who guess the culprit", "one more chapter before midnight", "a long train journey"]
            ),
            GroupVocabulary(
                "Cookery Books",
                8...38,
                [
                    "Bread Book", "Vegetarian Kitchen", "Weeknight Suppers", "Italian Cookbook", "Pastry Guide",
                    "Curry Companion", "Family Table", "Preserving Handbook",
                ],
                ["cooks who read in bed", "dinner in half an hour", "learning one good technique a week"]
            ),
            GroupVocabulary(
                "Travel & Nature",
                7...40,
                [
                    "Walking Guide", "Field Guide to Birds", "Mountain Atlas", "River Journey", "Wild Camping Guide",
                    "Coastal Path Companion", "Tree Guide", "Star Atlas",
                ],
                ["the rucksack's top pocket", "people who stop to look", "planning the next trip"]
            ),
            GroupVocabulary(
                "Children's Books",
                5...22,
                [
                    "Bedtime Stories", "Picture Book", "Dragon Adventure", "Animal Atlas", "Fairy Tales", "Joke Book",
                    "First Encyclopaedia", "Pop-Up Book",
                ],
                ["reading aloud", "curious children", "the same story every night"]
            ),
        ]
    )
}
