extension Vocabulary {
    static let electronics = CategoryVocabulary(
        name: "Electronics",
        share: 1.1,
        season: [0.9, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 1.0, 1.0, 1.6, 1.6],
        isConsumable: false,
        adjectives: [
            "Compact", "Wireless", "Portable", "Smart", "Slim", "Studio", "Everyday", "Pro", "Pocket", "Premium",
            "Classic", "Rechargeable", "Ultra-light", "Travel", "Essential", "Signature",
        ],
        variants: ["Black", "White", "Silver", "Graphite", "Navy", "Sage", "Rose", "Sand", "Midnight", "Copper"],
        brands: ["Voltino", "Pixmore", "Audrix", "Lumaro", "Helvion", "Norvik", "Castellan", "Orpheon"],
        specs: [
            SpecVocabulary("battery", ["8 h", "12 h", "20 h", "30 h", "mains"]),
            SpecVocabulary("connection", ["Bluetooth 5.3", "Wi-Fi 6", "USB-C", "3.5 mm jack", "HDMI"]),
            SpecVocabulary("warranty", ["1 year", "2 years", "3 years"]),
        ],
        groups: [
            GroupVocabulary(
                "Audio",
                25...260,
                [
                    "Headphones", "Earbuds", "Bluetooth Speaker", "Soundbar", "Turntable", "Bookshelf Speakers",
                    "DAB Radio", "Microphone",
                ],
                ["long listening sessions", "clear voices and deep bass", "music in every room"]
            ),
            GroupVocabulary(
                "Wearables",
                30...300,
                [
                    "Fitness Tracker", "Running Watch", "Heart-Rate Strap", "Smart Scale", "GPS Watch", "Sleep Tracker",
                    "Sports Earphones", "Smart Ring",
                ],
                ["counting every step", "training by heart rate", "people who measure their progress"]
            ),
            GroupVocabulary(
                "Photography",
                20...480,
                [
                    "Compact Camera", "Action Camera", "Tripod", "Camera Bag", "Lens Kit", "Ring Light",
                    "Photo Printer",
                    "Drone",
                ],
                ["sharp pictures in low light", "photographs worth printing", "filming on the move"]
            ),
            GroupVocabulary(
                "Smart Home",
                12...180,
                [
                    "Smart Plug", "Smart Bulb", "Video Doorbell", "Thermostat", "Motion Sensor", "Security Camera",
                    "Light Strip", "Voice Assistant",
                ],
                ["lights that know when to go out", "a home that saves energy", "keeping an eye on the door"]
            ),
        ]
    )

    static let computing = CategoryVocabulary(
        name: "Computing",
        share: 1.0,
        season: [1.1, 0.9, 0.9, 0.8, 0.8, 0.8, 0.9, 1.2, 1.2, 0.9, 1.4, 1.1],
        isConsumable: false,
        adjectives: [
            "Ergonomic", "Mechanical", "Silent", "Wireless", "Backlit", "Adjustable", "Dual", "High-speed", "Slim",
            "Modular", "Fanless", "Rugged", "Entry", "Advanced", "Tournament", "Quiet",
        ],
        variants: [
            "Black", "White", "Space Grey", "Silver", "Mini", "Full Size", "Mark II", "Plus", "Arctic", "Carbon",
        ],
        brands: ["Keybyte", "Datalo", "Nexaro", "Tarnwick", "Quillon", "Vantek", "Obsidia", "Meridian Labs"],
        specs: [
            SpecVocabulary("interface", ["USB-C", "USB-A", "Bluetooth", "2.4 GHz", "Thunderbolt"]),
            SpecVocabulary("cable", ["none", "1 m", "1.8 m", "3 m"]),
            SpecVocabulary("warranty", ["1 year", "2 years", "5 years"]),
        ],
        groups: [
            GroupVocabulary(
                "Gaming",
                18...320,
                [
                    "Gaming Mouse", "Gaming Keyboard", "Headset", "Controller", "Gaming Chair", "Capture Card",
                    "Mouse Mat", "Streaming Camera",
                ],
                ["fast reactions", "late evenings with friends online", "steady aim"]
            ),
            GroupVocabulary(
                "Home Office",
                12...350,
                [
                    "Monitor", "Laptop Stand", "Desk Lamp", "Docking Station", "Webcam", "Office Chair", "Keyboard",
                    "Standing Desk",
                ],
                ["long days at the desk", "video calls that look professional", "a tidy workplace"]
            ),
            GroupVocabulary(
                "Storage",
                10...220,
                [
                    "Portable Drive", "Memory Card", "USB Stick", "Network Drive", "Card Reader", "Drive Enclosure",
                    "Backup Drive", "Solid-State Drive",
                ],
                ["keeping every file twice", "moving large projects", "backups that run by themselves"]
            ),
            GroupVocabulary(
                "Printing",
                6...240,
                [
                    "Inkjet Printer", "Laser Printer", "Ink Cartridge", "Photo Paper", "Label Printer", "Toner",
                    "Document Scanner", "Paper Shredder",
                ],
                ["crisp text on plain paper", "small offices", "labels that stay readable"]
            ),
        ]
    )

    static let diyAndTools = CategoryVocabulary(
        name: "DIY & Tools",
        share: 0.8,
        season: [0.9, 0.9, 1.2, 1.3, 1.3, 1.1, 1.0, 0.9, 1.0, 1.0, 0.9, 0.7],
        isConsumable: false,
        adjectives: [
            "Cordless", "Heavy-duty", "Precision", "Compact", "Professional", "Folding", "Quick-grip", "Hardened",
            "Magnetic", "All-purpose", "Tradesman's", "Insulated", "Starter", "Long-reach", "Dust-free", "Reliable",
        ],
        variants: ["Set of 5", "Set of 10", "Small", "Medium", "Large", "12 V", "18 V", "Yellow", "Red", "Bare Unit"],
        brands: ["Hobley", "Fixwell", "Brackenridge", "Tormark", "Steelhaven", "Grantham", "Kesselring", "Aldermere"],
        specs: [
            SpecVocabulary("material", ["chrome vanadium", "hardened steel", "beech", "aluminium", "nylon"]),
            SpecVocabulary("weight", ["0.3 kg", "0.8 kg", "1.5 kg", "3.2 kg"]),
            SpecVocabulary("warranty", ["1 year", "3 years", "10 years"]),
        ],
        groups: [
            GroupVocabulary(
                "Power Tools",
                30...320,
                [
                    "Drill Driver", "Jigsaw", "Circular Saw", "Orbital Sander", "Angle Grinder", "Router", "Heat Gun",
                    "Multi-Tool",
                ],
                ["clean cuts in hardwood", "a weekend of shelves", "jobs that cannot wait"]
            ),
            GroupVocabulary(
                "Hand Tools",
                6...90,
                [
                    "Hammer", "Screwdriver Set", "Spanner Set", "Spirit Level", "Tape Measure", "Chisel Set",
                    "Hand Saw",
                    "Pliers",
                ],
                ["the drawer everybody opens first", "careful work at the bench", "tools handed down"]
            ),
            GroupVocabulary(
                "Decorating",
                5...70,
                [
                    "Paint Roller", "Brush Set", "Masking Tape", "Dust Sheet", "Wallpaper Table", "Filler",
                    "Paint Tray",
                    "Step Ladder",
                ],
                ["a room done in a day", "straight edges and even coats", "old walls made new"]
            ),
            GroupVocabulary(
                "Electrical",
                5...110,
                [
                    "Extension Lead", "LED Downlight", "Dimmer Switch", "Cable Reel", "Work Light", "Socket Tester",
                    "Junction Box", "Wall Light",
                ],
                ["safe wiring", "light where the work is", "replacing a tired fitting"]
            ),
        ]
    )
}
