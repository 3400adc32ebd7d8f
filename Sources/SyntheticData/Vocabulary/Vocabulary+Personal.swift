extension Vocabulary {
    static let clothing = CategoryVocabulary(
        name: "Clothing",
        share: 1.3,
        season: [1.1, 0.9, 1.0, 1.0, 1.0, 1.0, 0.9, 0.8, 1.1, 1.1, 1.3, 1.2],
        isConsumable: false,
        adjectives: [
            "Merino", "Organic Cotton", "Relaxed", "Tailored", "Quilted", "Striped", "Soft", "Slim-fit", "Brushed",
            "Everyday", "Vintage", "Linen", "Ribbed", "Oversized", "Fleece-lined", "Classic",
        ],
        variants: ["Navy", "Charcoal", "Oatmeal", "Olive", "Rust", "Black", "White", "Teal", "Burgundy", "Stone"],
        brands: [
            "Plainway", "Millthread", "Cotterdale", "Loomfield", "Harrow Lane", "Saltmarsh", "Finch & Vale",
            "Atelier Brix",
        ],
        specs: [
            SpecVocabulary("fabric", ["cotton", "merino wool", "linen", "recycled polyester", "down"]),
            SpecVocabulary("wash", ["30 °C", "40 °C", "hand wash", "dry clean"]),
            SpecVocabulary("fit", ["slim", "regular", "relaxed"]),
        ],
        groups: [
            GroupVocabulary(
                "Outdoor Wear",
                12...240,
                [
                    "Rain Jacket", "Fleece", "Walking Trousers", "Base Layer", "Down Jacket", "Gaiters", "Woolly Hat",
                    "Walking Socks",
                ],
                ["weather that changes its mind", "layering on the hill", "dry feet"]
            ),
            GroupVocabulary(
                "Sportswear",
                8...95,
                [
                    "Leggings", "Sports Top", "Training Hoodie", "Sports Bra", "Track Pants", "Compression Tights",
                    "Gym Shorts", "Sweatband",
                ],
                ["hard training", "moving freely", "the gym and the way home"]
            ),
            GroupVocabulary(
                "Smart Wear",
                15...260,
                [
                    "Shirt", "Blazer", "Chinos", "Dress", "Wool Coat", "Leather Belt", "Silk Scarf", "Oxford Shoes",
                ],
                ["the office and afterwards", "weddings and first days", "looking put together"]
            ),
            GroupVocabulary(
                "Children's Wear",
                5...55,
                [
                    "Dungarees", "Rain Boots", "Pyjamas", "School Jumper", "Sun Hat", "Mittens", "Children's T-Shirt",
                    "Puddle Suit",
                ],
                ["puddles", "growing fast", "the school run"]
            ),
        ]
    )

    static let beauty = CategoryVocabulary(
        name: "Beauty",
        share: 0.9,
        season: [0.9, 1.1, 1.0, 1.0, 1.1, 1.0, 1.0, 0.9, 0.9, 0.9, 1.2, 1.4],
        isConsumable: true,
        adjectives: [
            "Hydrating", "Gentle", "Radiant", "Matte", "Nourishing", "Calming", "Vitamin C", "Botanical", "Velvet",
            "Purifying", "Overnight", "Fragrance-free", "Rose", "Sea Salt", "Long-lasting", "Silky",
        ],
        variants: [
            "30 ml", "50 ml", "100 ml", "250 ml", "Travel Size", "Refill", "Gift Set", "Amber", "Coral", "Plum",
        ],
        brands: ["Dewberry", "Simply Skin", "Fernleaf", "Calyx", "Rosewater Row", "Solenne", "Maren", "Isolde Paris"],
        specs: [
            SpecVocabulary("skin_type", ["all", "dry", "oily", "sensitive"]),
            SpecVocabulary("vegan", ["yes", "no"]),
            SpecVocabulary("scent", ["none", "rose", "citrus", "cedar", "lavender"]),
        ],
        groups: [
            GroupVocabulary(
                "Skincare",
                6...85,
                [
                    "Face Cream", "Serum", "Cleanser", "Eye Cream", "Sun Cream", "Face Mask", "Facial Toner",
                    "Lip Balm",
                ],
                ["a simple routine", "skin that feels awake", "tired mornings"]
            ),
            GroupVocabulary(
                "Make-up",
                5...55,
                [
                    "Lipstick", "Mascara", "Foundation", "Eyeshadow Palette", "Blusher", "Brow Pencil", "Nail Polish",
                    "Highlighter",
                ],
                ["a polished look in five minutes", "evenings out", "colour that stays"]
            ),
            GroupVocabulary(
                "Hair Care",
                5...120,
                [
                    "Shampoo", "Conditioner", "Hair Oil", "Hair Dryer", "Styling Brush", "Hair Mask", "Dry Shampoo",
                    "Curl Cream",
                ],
                ["soft, easy hair", "curls with a will of their own", "colour that needs care"]
            ),
            GroupVocabulary(
                "Grooming",
                5...130,
                [
                    "Beard Oil", "Safety Razor", "Shaving Cream", "Aftershave", "Hair Clipper", "Beard Comb",
                    "Shaving Brush", "Hand Balm",
                ],
                ["a close, calm shave", "well-kept beards", "a tidy washbag"]
            ),
        ]
    )

    static let grocery = CategoryVocabulary(
        name: "Grocery",
        share: 1.2,
        season: [0.9, 0.9, 1.0, 1.0, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 1.2, 1.4],
        isConsumable: true,
        adjectives: [
            "Organic", "Fairtrade", "Small-batch", "Roasted", "Smoked", "Wholegrain", "Single-origin", "Raw", "Spiced",
            "Traditional", "Sea-salted", "Dark", "Stone-ground", "Mild", "Extra", "Handpicked",
        ],
        variants: [
            "250 g", "500 g", "1 kg", "Pack of 6", "Pack of 12", "Tin", "Jar", "Family Pack", "Gift Box", "Refill Bag",
        ],
        brands: [
            "Larkfield", "Daily Mill", "Orchard Row", "Harvest Home", "Tidewater", "Copperpot", "Bramblewick",
            "Casa Olmo",
        ],
        specs: [
            SpecVocabulary("diet", ["vegan", "vegetarian", "gluten-free", "any"]),
            SpecVocabulary("origin", ["Italy", "Ethiopia", "England", "Spain", "Japan"]),
            SpecVocabulary("storage", ["cool and dry", "refrigerate after opening"]),
        ],
        groups: [
            GroupVocabulary(
                "Coffee",
                5...45,
                [
                    "Espresso Beans", "Ground Coffee", "Coffee Pods", "Filter Coffee", "Cold Brew", "Decaf Beans",
                    "Coffee Sampler", "Oat Creamer",
                ],
                ["the first cup", "desk drawers", "people who weigh their beans"]
            ),
            GroupVocabulary(
                "Tea & Infusions",
                5...35,
                [
                    "Green Tea", "Earl Grey", "Herbal Infusion", "Matcha", "Chai", "Peppermint Tea", "Oolong",
                    "Honey",
                ],
                ["a pause at four o'clock", "calm evenings", "a warm cup in both hands"]
            ),
            GroupVocabulary(
                "Store Cupboard",
                5...40,
                [
                    "Olive Oil", "Pasta", "Chopped Tomatoes", "Flour", "Basmati Rice", "Spice Kit", "Balsamic Vinegar",
                    "Lentils",
                ],
                ["suppers from the cupboard", "good bread and better sauce", "cooking from scratch"]
            ),
            GroupVocabulary(
                "Trail Snacks",
                5...30,
                [
                    "Energy Bars", "Trail Mix", "Protein Balls", "Dried Mango", "Nut Butter", "Oat Flapjacks",
                    "Electrolyte Tablets", "Crisps",
                ],
                ["the last mile", "gym bags and rucksacks", "steady energy"]
            ),
        ]
    )
}
