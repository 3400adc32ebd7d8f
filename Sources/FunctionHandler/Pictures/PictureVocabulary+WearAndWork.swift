extension PictureVocabulary {
    /// What is worn, carried, plugged in and worked with.
    static let drawingsOfWearAndWork = #"""
        egg easter eggcup
        <path d="M60 18c18 0 32 30 32 50a32 34 0 0 1-64 0c0-20 14-50 32-50z" fill="C"/><path d="M30 58l10-8 10 8 10-8 10 8 10-8 10 8v14l-10 8-10-8-10 8-10-8-10 8-10-8z" fill="A"/>
        shirt t-shirt tshirt top jersey vest hoodie jumper blouse pyjamas polo layer | sportswear clothing
        <path d="M44 20l-26 16 10 20 12-6v52h40V50l12 6 10-20-26-16c-4 10-28 10-32 0z" fill="A"/><path d="M44 20c4 10 28 10 32 0" fill="none" stroke="B" stroke-width="5"/>
        jacket coat fleece blazer raincoat suit down
        <path d="M42 18L20 34l-4 60h18V54v50h52V54v40h18l-4-60-22-16-18 12z" fill="A"/><path d="M60 30v74" stroke="C" stroke-width="4"/><path d="M42 18l18 26 18-26" fill="none" stroke="B" stroke-width="5"/><path d="M44 76h10M66 76h10" stroke="B" stroke-width="4" stroke-linecap="round"/>
        trousers legging jeans chino shorts tights pants leggings gaiters chinos
        <path d="M36 18h48l6 86H68l-8-56-8 56H30z" fill="A"/><rect x="36" y="18" width="48" height="10" fill="B"/><path d="M60 28v18" stroke="B" stroke-width="3"/>
        dress skirt gown
        <path d="M46 18v10l6 22-22 52c18 6 42 6 60 0L68 50l6-22V18l-8 10H54z" fill="A"/><path d="M50 48h20" stroke="B" stroke-width="6"/>
        hat cap beanie bonnet helmet
        <path d="M34 70c0-32 10-44 26-44s26 12 26 44z" fill="A"/><path d="M14 74c20-10 72-10 92 0 0 10-20 16-46 16S14 84 14 74z" fill="B"/><path d="M34 66c16 6 36 6 52 0v-9c-16 6-36 6-52 0z" fill="D"/>
        scarf shawl tie belt sweatband strap band lead harness
        <path d="M30 34c0-16 60-16 60 0s-60 18-60 0z" fill="B"/><path d="M36 42h24l4 60H40z" fill="A"/><path d="M58 44h20l8 42H66z" fill="A" opacity=".75"/><path d="M40 90h23M41 97h23" stroke="C" stroke-width="3"/>
        sock stocking socks
        <path d="M48 16h30v46c0 8-4 10-12 16L46 98c-10 8-26-6-16-16l18-16z" fill="A"/><rect x="46" y="16" width="34" height="12" rx="4" fill="B"/><path d="M48 38h30M48 48h30" stroke="C" stroke-width="5"/>
        glove mitten gloves mitt
        <path d="M40 96V46c0-20 38-20 38 0v12l10-10c6-6 14 2 10 8L80 78v18z" fill="A"/><rect x="38" y="88" width="44" height="16" rx="5" fill="B"/><path d="M50 50v20M60 46v22M70 50v18" stroke="B" stroke-width="3" opacity=".4" stroke-linecap="round"/>
        necklace bead pendant beads chain neckl | jewellery
        <path d="M26 20c0 50 20 62 34 62s34-12 34-62" fill="none" stroke="D" stroke-width="5" stroke-dasharray="1 8" stroke-linecap="round"/><path d="M26 20c0 50 20 62 34 62s34-12 34-62" fill="none" stroke="D" stroke-width="2"/><path d="M60 78l14 14-14 16-14-16z" fill="A"/><path d="M46 92h28L60 78z" fill="C" opacity=".5"/>
        ring rings
        <circle cx="60" cy="72" r="28" fill="none" stroke="D" stroke-width="9"/><path d="M44 24h32l10 12-26 22-26-22z" fill="A"/><path d="M44 24l16 12 16-12M34 36h52M60 36v20" stroke="C" stroke-width="2.5" fill="none"/>
        earring earrings earring-set
        <path d="M40 22c-8-12 10-14 6 2M80 22c-8-12 10-14 6 2" fill="none" stroke="D" stroke-width="4"/><path d="M44 30l14 26a15 15 0 1 1-28 0z" fill="A"/><path d="M84 30l14 26a15 15 0 1 1-28 0z" fill="A"/><circle cx="44" cy="64" r="5" fill="C"/><circle cx="84" cy="64" r="5" fill="C"/>
        bracelet bangle
        <ellipse cx="60" cy="60" rx="40" ry="32" fill="none" stroke="A" stroke-width="12"/><ellipse cx="60" cy="60" rx="40" ry="32" fill="none" stroke="C" stroke-width="4" stroke-dasharray="2 14" stroke-linecap="round"/><circle cx="60" cy="92" r="9" fill="D"/>
        watch tracker smartwatch sleep | wearables
        <path d="M44 14h32l4 24H40zM44 106h32l4-24H40z" fill="B"/><rect x="32" y="32" width="56" height="56" rx="16" fill="A"/><rect x="40" y="40" width="40" height="40" rx="10" fill="C"/><path d="M60 48v13l9 6" stroke="#1f1b16" stroke-width="4" fill="none" stroke-linecap="round"/>
        purse wallet trifold
        <rect x="18" y="38" width="84" height="56" rx="10" fill="A"/><path d="M18 50h84v-4a10 10 0 0 0-10-10H28a10 10 0 0 0-10 10z" fill="B"/><rect x="72" y="58" width="34" height="18" rx="9" fill="B"/><circle cx="82" cy="67" r="4" fill="D"/>
        rucksack backpack knapsack
        <path d="M44 28c0-16 32-16 32 0" fill="none" stroke="B" stroke-width="6"/><rect x="28" y="26" width="64" height="78" rx="18" fill="A"/><rect x="36" y="64" width="48" height="32" rx="8" fill="B"/><path d="M36 76h48" stroke="C" stroke-width="3"/><path d="M40 46h40" stroke="C" stroke-width="5" stroke-linecap="round"/>
        suitcase luggage carrier | travel
        <path d="M46 36V24h28v12" fill="none" stroke="B" stroke-width="6"/><rect x="20" y="36" width="80" height="60" rx="8" fill="A"/><path d="M36 36v60M84 36v60" stroke="B" stroke-width="6"/><rect x="52" y="58" width="16" height="10" rx="2" fill="D"/>
        headphones headphone headset earbud earphone earbuds earphones | audio
        <path d="M26 70V60a34 34 0 0 1 68 0v10" fill="none" stroke="B" stroke-width="8"/><rect x="18" y="62" width="22" height="36" rx="10" fill="A"/><rect x="80" y="62" width="22" height="36" rx="10" fill="A"/>
        speaker soundbar radio assistant speakers turntable
        <rect x="34" y="14" width="52" height="92" rx="10" fill="A"/><circle cx="60" cy="70" r="18" fill="B"/><circle cx="60" cy="70" r="7" fill="C"/><circle cx="60" cy="34" r="9" fill="B"/>
        microphone karaoke
        <rect x="46" y="14" width="28" height="52" rx="14" fill="A"/><path d="M34 52c0 34 52 34 52 0M60 78v18M42 100h36" fill="none" stroke="B" stroke-width="6" stroke-linecap="round"/><path d="M46 34h28M46 44h28" stroke="B" stroke-width="3" opacity=".5"/>
        camera lens webcam drone | photography electronics
        <path d="M20 40h22l8-12h20l8 12h22v54H20z" fill="A"/><circle cx="60" cy="66" r="20" fill="B"/><circle cx="60" cy="66" r="12" fill="C"/><circle cx="56" cy="62" r="4" fill="#fff"/><circle cx="90" cy="50" r="4" fill="D"/>
        tripod telescope monocular
        <rect x="42" y="18" width="36" height="24" rx="5" fill="A"/><circle cx="60" cy="30" r="7" fill="C"/><path d="M60 42v16L34 104M60 58l26 46M60 58v46" fill="none" stroke="B" stroke-width="6" stroke-linecap="round"/>
        monitor screen television tv display | computing
        <rect x="14" y="22" width="92" height="60" rx="6" fill="B"/><rect x="21" y="29" width="78" height="46" rx="2" fill="A"/><path d="M50 82h20l4 18H46z" fill="B"/><path d="M28 62l16-18 12 10 14-16 22 24" fill="none" stroke="C" stroke-width="4"/>
        laptop computer tablet
        <rect x="26" y="26" width="68" height="48" rx="5" fill="B"/><rect x="32" y="32" width="56" height="36" fill="A"/><path d="M12 82h96l-6 12H18z" fill="B"/><rect x="48" y="82" width="24" height="5" rx="2" fill="C"/>
        keyboard
        <rect x="12" y="40" width="96" height="44" rx="8" fill="A"/><path d="M22 52h76M22 62h76" stroke="C" stroke-width="7" stroke-dasharray="7 4.5"/><path d="M38 74h44" stroke="C" stroke-width="7" stroke-linecap="round"/>
        mouse
        <rect x="36" y="30" width="48" height="72" rx="24" fill="A"/><path d="M60 30v28M36 58h48" stroke="B" stroke-width="3"/><rect x="56" y="38" width="8" height="16" rx="4" fill="D"/><path d="M60 30c0-14 18-6 18-16" fill="none" stroke="B" stroke-width="4"/>
        controller gamepad | gaming
        <path d="M36 40h48c16 0 24 16 24 36 0 16-14 20-22 6l-4-8H38l-4 8c-8 14-22 10-22-6 0-20 8-36 24-36z" fill="A"/><path d="M38 50v16M30 58h16" stroke="C" stroke-width="6" stroke-linecap="round"/><circle cx="80" cy="52" r="5" fill="D"/><circle cx="90" cy="62" r="5" fill="C"/>
        phone mobile smartphone
        <rect x="36" y="14" width="48" height="92" rx="10" fill="B"/><rect x="42" y="24" width="36" height="66" rx="3" fill="A"/><circle cx="60" cy="98" r="4" fill="C"/><path d="M50 38h20M50 48h12" stroke="C" stroke-width="4" stroke-linecap="round"/>
        drive memory usb stick reader network ssd | storage
        <rect x="30" y="22" width="60" height="78" rx="8" fill="A"/><circle cx="60" cy="52" r="20" fill="C"/><circle cx="60" cy="52" r="6" fill="B"/><path d="M60 52l14 24" stroke="B" stroke-width="4"/><circle cx="44" cy="90" r="4" fill="D"/>
        printer scanner shredder cartridge | printing
        <rect x="36" y="16" width="48" height="30" fill="C"/><rect x="18" y="42" width="84" height="40" rx="7" fill="A"/><rect x="36" y="68" width="48" height="36" fill="C"/><path d="M44 80h32M44 90h22" stroke="B" stroke-width="4"/><circle cx="90" cy="54" r="4" fill="D"/>
        plug socket cable extension charger adapter switch dimmer reel junction tester | electrical
        <rect x="36" y="44" width="48" height="34" rx="8" fill="A"/><path d="M48 44V22M72 44V22" stroke="B" stroke-width="8" stroke-linecap="round"/><path d="M60 78v12c0 14 26 4 26 18" fill="none" stroke="B" stroke-width="6" stroke-linecap="round"/>
        bulb led strip fairy lights string
        <path d="M60 14c20 0 32 14 32 32 0 16-14 22-16 36H44c-2-14-16-20-16-36 0-18 12-32 32-32z" fill="D"/><path d="M48 82V60l-8-8M72 82V60l8-8" stroke="A" stroke-width="4" fill="none"/><path d="M46 88h28M48 96h24M54 104h12" stroke="B" stroke-width="6" stroke-linecap="round"/>
        torch flashlight
        <path d="M14 46h34v28H14z" fill="B"/><path d="M48 46l24-12v52L48 74z" fill="A"/><path d="M78 42l24-12M80 60h28M78 78l24 12" stroke="D" stroke-width="6" stroke-linecap="round"/><circle cx="34" cy="60" r="5" fill="D"/>
        hammer mallet
        <path d="M52 44l16 0v58a8 8 0 0 1-16 0z" fill="A"/><path d="M26 22h56c10 0 16 8 18 18H78l-6 6H26z" fill="B"/>
        spanner wrench pliers multi-tool socket-set tool toolkit level
        <path d="M84 20a24 24 0 0 0-30 32L20 86a10 10 0 0 0 14 14l34-34a24 24 0 0 0 32-30L86 50 70 34z" fill="A"/><circle cx="27" cy="93" r="4" fill="C"/>
        screwdriver
        <rect x="44" y="14" width="32" height="46" rx="12" fill="A"/><path d="M52 24v26M60 24v26M68 24v26" stroke="B" stroke-width="3"/><path d="M56 60h8v36l-4 10-4-10z" fill="B"/>
        drill driver sander grinder router heat clipper dryer gun | diy tools
        <path d="M22 32h58l12 8v12l-12 8H52l6 36H34l-8-36h-4z" fill="A"/><path d="M92 46h18" stroke="B" stroke-width="6" stroke-linecap="round"/><rect x="22" y="32" width="14" height="28" fill="B"/><rect x="30" y="94" width="32" height="12" rx="4" fill="B"/>
        saw handsaw trimmer
        <path d="M12 62l70-22v28l-6 4-6-4-6 6-7-3-6 6-7-3-6 6-7-2-6 5-7-1z" fill="C"/><path d="M80 34h16c8 0 12 6 12 14v24c0 8-8 12-14 8l-14-8z" fill="A"/><rect x="90" y="48" width="8" height="18" rx="4" fill="C"/>
        tape measure ruler masking
        <circle cx="54" cy="56" r="36" fill="A"/><circle cx="54" cy="56" r="16" fill="C"/><path d="M54 92h52V80" fill="none" stroke="D" stroke-width="12"/><path d="M66 92v6M78 92v6M90 92v6" stroke="B" stroke-width="3"/>
        paint paintbrush roller filler watercolour palette eyeshadow | decorating
        <path d="M28 46h64v48c0 6-4 10-10 10H38c-6 0-10-4-10-10z" fill="C"/><path d="M28 46h64v18c-6 8-10 0-14 4-4 6-6 12-10 4-4-6-8-2-12 0-6 6-8-4-14-2-6 4-10 2-14-4z" fill="A"/><path d="M30 46c0-34 60-34 60 0" fill="none" stroke="B" stroke-width="5"/>
        brush broom comb styling mascara
        <path d="M52 62h16l6 32c-4 10-24 10-28 0z" fill="C"/><path d="M50 80c8 4 16 2 22-4l2 18c-4 10-24 10-28 0z" fill="A"/><rect x="48" y="48" width="24" height="16" fill="D"/><path d="M54 48l2-32c1-6 7-6 8 0l2 32z" fill="B"/>
        spade shovel trowel fork-garden hoe rake | garden
        <path d="M60 14v48" stroke="B" stroke-width="8" stroke-linecap="round"/><path d="M48 14h24" stroke="B" stroke-width="8" stroke-linecap="round"/><path d="M38 58h44v22c0 14-12 22-22 28-10-6-22-14-22-28z" fill="A"/>
        watering-can watering can hose sprinkler
        <path d="M34 50h44v48a6 6 0 0 1-6 6H40a6 6 0 0 1-6-6z" fill="A"/><path d="M78 74l26-30" stroke="A" stroke-width="9"/><path d="M96 34l16 14" stroke="B" stroke-width="8" stroke-linecap="round"/><path d="M40 50c0-30 32-30 32 0" fill="none" stroke="B" stroke-width="6"/><path d="M34 60c-24 0-20 34 0 32" fill="none" stroke="B" stroke-width="6"/>
        barbecue grill smoker bbq heater stove fire-pit pit
        <path d="M20 50h80c0 22-16 34-40 34S20 72 20 50z" fill="A"/><rect x="16" y="44" width="88" height="9" rx="4" fill="B"/><path d="M44 82l-12 26M76 82l12 26" stroke="B" stroke-width="6" stroke-linecap="round"/><path d="M46 16c8 8-6 14 2 24M62 14c8 9-6 15 2 26M78 16c8 8-6 14 2 24" stroke="D" stroke-width="4" fill="none" stroke-linecap="round"/>
        birdhouse nest hotel house cottage home
        <path d="M60 14l42 36H18z" fill="B"/><path d="M28 50h64v52H28z" fill="A"/><circle cx="60" cy="68" r="12" fill="#1f1b16" opacity=".75"/><path d="M60 86v8" stroke="C" stroke-width="5" stroke-linecap="round"/>
        """#
}
