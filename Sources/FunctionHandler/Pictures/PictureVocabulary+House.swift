extension PictureVocabulary {
    /// Things of kitchen and house.
    static let drawingsOfTheHouse = #"""
        mug cup beaker tumbler teacup espresso saucer
        <rect x="26" y="34" width="58" height="60" rx="10" fill="A"/><path d="M84 48h10a14 14 0 0 1 0 30H84" fill="none" stroke="A" stroke-width="8"/><rect x="26" y="34" width="58" height="14" rx="7" fill="B"/><path d="M44 20c-6 6 6 8 0 14M60 16c-6 7 6 9 0 17" stroke="B" stroke-width="4" fill="none" stroke-linecap="round" opacity=".5"/>
        lamp lampshade light downlight lantern chandelier
        <path d="M38 20h44l14 38H24z" fill="A"/><rect x="56" y="58" width="8" height="38" fill="B"/><rect x="38" y="96" width="44" height="8" rx="4" fill="B"/><path d="M24 58h72l-6-10H30z" fill="B" opacity=".45"/>
        plant planter fern herb propagator parsley cactus plant-pot seed-tray tomato
        <path d="M38 74h44l-6 30H44z" fill="A"/><path d="M60 74C60 46 36 44 28 30c22-4 34 8 32 26 2-22 14-36 36-36-2 22-18 28-36 54z" fill="#2f7a5f"/><path d="M60 74C58 58 48 50 40 44" stroke="#1f5d4c" stroke-width="3" fill="none"/>
        clock thermostat calendar timer
        <circle cx="60" cy="60" r="40" fill="A"/><circle cx="60" cy="60" r="31" fill="C"/><path d="M60 40v20l14 9" stroke="#1f1b16" stroke-width="5" fill="none" stroke-linecap="round" stroke-linejoin="round"/><circle cx="60" cy="60" r="4" fill="D"/>
        bag handbag shopper tote lunchbag satchel
        <path d="M28 46h64l6 54a6 6 0 0 1-6 6H28a6 6 0 0 1-6-6z" fill="A"/><path d="M42 52V38a18 18 0 0 1 36 0v14" fill="none" stroke="B" stroke-width="6" stroke-linecap="round"/><path d="M28 46h64l1 10H27z" fill="B" opacity=".35"/>
        candle tealight holder candleholder candlestick candles incense
        <rect x="44" y="46" width="32" height="52" rx="6" fill="C"/><path d="M44 58c8 8 8-6 16 0s8-4 16 2V52a6 6 0 0 0-6-6H50a6 6 0 0 0-6 6z" fill="A" opacity=".45"/><path d="M60 18c10 12 9 18 0 24-9-6-10-12 0-24z" fill="D"/><rect x="36" y="98" width="48" height="6" rx="3" fill="B"/>
        chair stool armchair seat bench rocker
        <rect x="38" y="18" width="44" height="44" rx="10" fill="A"/><rect x="32" y="62" width="56" height="14" rx="7" fill="B"/><path d="M38 76v28M82 76v28" stroke="B" stroke-width="7" stroke-linecap="round"/><path d="M50 28v24M60 28v24M70 28v24" stroke="B" stroke-width="3" opacity=".4" stroke-linecap="round"/>
        shoe trainer sneaker slipper flipflop sandal pump oxford
        <path d="M22 54c10 6 20 4 26-4 4 14 18 20 40 22 10 1 14 8 13 18H22z" fill="A"/><rect x="20" y="88" width="82" height="9" rx="4.5" fill="B"/><path d="M52 60l-7 7M60 66l-7 7M70 70l-6 6" stroke="C" stroke-width="4" stroke-linecap="round"/>
        boot boots wellington welly
        <path d="M40 18h34v48c4 10 24 8 26 26v6H40z" fill="A"/><rect x="37" y="96" width="66" height="9" rx="4" fill="B"/><rect x="38" y="18" width="38" height="11" rx="5" fill="B"/><path d="M56 42h18M56 52h18M58 62h16" stroke="C" stroke-width="4" stroke-linecap="round"/>
        book cookbook guide atlas handbook casebook encyclopaedia stories tales mystery murder diary journey suppers field-guide | books fiction nature cookery
        <path d="M60 34c-10-8-24-10-38-8v62c14-2 28 0 38 8z" fill="A"/><path d="M60 34c10-8 24-10 38-8v62c-14-2-28 0-38 8z" fill="B"/><path d="M30 42c8-1 15 0 22 4M30 54c8-1 15 0 22 4M68 46c7-4 14-5 22-4M68 58c7-4 14-5 22-4" stroke="C" stroke-width="3" fill="none" stroke-linecap="round" opacity=".8"/>
        notebook sketchbook pad album journal organiser planner filofax passport
        <rect x="32" y="22" width="58" height="78" rx="6" fill="A"/><rect x="44" y="36" width="34" height="18" rx="3" fill="C"/><path d="M32 32h-6M32 46h-6M32 60h-6M32 74h-6M32 88h-6" stroke="B" stroke-width="5" stroke-linecap="round"/><rect x="80" y="22" width="5" height="78" fill="B" opacity=".6"/>
        pencil pen crayon marker chalk eyeliner brow | stationery
        <path d="M34 92l6-22 44-44 16 16-44 44z" fill="A"/><path d="M34 92l6-22 16 16z" fill="C"/><path d="M34 92l3-9 6 6z" fill="#1f1b16"/><path d="M76 34l16 16 8-8-16-16z" fill="B"/>
        lipstick lip balm blusher
        <path d="M48 62V34l24-12v40z" fill="A"/><rect x="44" y="60" width="32" height="14" fill="D"/><rect x="40" y="72" width="40" height="32" rx="4" fill="B"/>
        bottle carafe decanter oil vinegar serum toner shampoo conditioner aftershave cleanser lotion foundation wine
        <path d="M52 18h16v20c0 6 12 10 12 22v38a6 6 0 0 1-6 6H46a6 6 0 0 1-6-6V60c0-12 12-16 12-22z" fill="A"/><rect x="50" y="14" width="20" height="10" rx="3" fill="B"/><rect x="40" y="64" width="40" height="22" fill="C"/><path d="M48 72h24M48 79h16" stroke="B" stroke-width="3" stroke-linecap="round"/>
        jar honey jam chutney pickle candy nut-butter face-cream eye-cream curl-cream face-mask hair-mask hand-balm
        <rect x="32" y="40" width="56" height="62" rx="12" fill="A"/><rect x="36" y="24" width="48" height="16" rx="5" fill="B"/><rect x="32" y="58" width="56" height="24" fill="C"/><path d="M42 66h36M42 74h24" stroke="B" stroke-width="3" stroke-linecap="round"/>
        tin canister drum caddy tomatoes
        <path d="M30 36v52c0 8 60 8 60 0V36z" fill="A"/><ellipse cx="60" cy="36" rx="30" ry="10" fill="B"/><ellipse cx="60" cy="35" rx="22" ry="6" fill="C" opacity=".5"/><path d="M30 56c10 7 50 7 60 0v18c-10 7-50 7-60 0z" fill="C" opacity=".85"/>
        box trinket drawer chest cabinet container enclosure crate
        <path d="M22 46l38-16 38 16-38 16z" fill="B"/><path d="M22 46l38 16v44L22 88z" fill="A"/><path d="M98 46L60 62v44l38-18z" fill="A" opacity=".7"/><path d="M40 38l38 16v14l-8-3V57L32 42z" fill="C" opacity=".8"/>
        gift present wrap giftwrap ribbon tag tissue
        <rect x="26" y="52" width="68" height="50" rx="4" fill="A"/><rect x="22" y="40" width="76" height="16" rx="4" fill="B"/><rect x="54" y="40" width="12" height="62" fill="D"/><path d="M60 40c-6-20-28-20-26-8 1 8 16 8 26 8zM60 40c6-20 28-20 26-8-1 8-16 8-26 8z" fill="none" stroke="D" stroke-width="6"/>
        plate platter dish tray coaster | tableware
        <circle cx="60" cy="60" r="42" fill="A"/><circle cx="60" cy="60" r="30" fill="C"/><circle cx="60" cy="60" r="24" fill="none" stroke="B" stroke-width="2" opacity=".5"/>
        bowl basin feeder birdbath bath
        <path d="M18 52h84c0 26-16 44-42 44S18 78 18 52z" fill="A"/><ellipse cx="60" cy="52" rx="42" ry="10" fill="B"/><ellipse cx="60" cy="51" rx="34" ry="6" fill="C" opacity=".6"/><rect x="44" y="94" width="32" height="8" rx="4" fill="B"/>
        glass glasses goblet wineglass champagne flute
        <path d="M40 20h40c4 30-2 44-20 44S36 50 40 20z" fill="C"/><path d="M39 36h42c0 20-6 28-21 28S39 56 39 36z" fill="A"/><rect x="57" y="62" width="6" height="34" fill="B"/><rect x="40" y="95" width="40" height="7" rx="3.5" fill="B"/>
        teapot kettle jug pitcher
        <path d="M32 54c0-14 12-20 26-20s26 6 26 20v22c0 14-10 20-26 20s-26-6-26-20z" fill="A"/><path d="M84 58c10-2 14-8 18-16" stroke="A" stroke-width="9" fill="none" stroke-linecap="round"/><path d="M32 52c-18-2-18 32 2 30" stroke="B" stroke-width="7" fill="none"/><rect x="40" y="28" width="36" height="9" rx="4" fill="B"/><circle cx="58" cy="24" r="5" fill="B"/>
        pan saucepan frying wok griddle casserole pot stock skillet roasting stock-pot | cookware kitchen
        <path d="M20 52h62v26c0 10-8 16-18 16H38c-10 0-18-6-18-16z" fill="A"/><rect x="16" y="46" width="70" height="10" rx="5" fill="B"/><path d="M84 52h24" stroke="B" stroke-width="8" stroke-linecap="round"/><path d="M36 22c-5 6 5 8 0 14M52 18c-5 7 5 9 0 17M68 22c-5 6 5 8 0 14" stroke="B" stroke-width="3" fill="none" stroke-linecap="round" opacity=".45"/>
        cake cupcake bun muffin pastry cakestand birthday cases | baking
        <path d="M30 62h60l-8 38H38z" fill="B"/><path d="M26 62c0-12 10-14 14-14 2-14 12-18 20-18s18 4 20 18c6 0 14 4 14 14z" fill="A"/><circle cx="60" cy="24" r="7" fill="D"/><path d="M44 66l4 30M60 66v30M76 66l-4 30" stroke="C" stroke-width="3" opacity=".5"/>
        cutlery fork spoon teaspoon scoop
        <path d="M40 18v24M34 18v18c0 8 12 8 12 0V18" stroke="B" stroke-width="4" fill="none" stroke-linecap="round"/><path d="M40 44v56" stroke="A" stroke-width="8" stroke-linecap="round"/><ellipse cx="80" cy="32" rx="11" ry="16" fill="B"/><path d="M80 48v52" stroke="A" stroke-width="8" stroke-linecap="round"/>
        knife scissors secateurs razor shears cutter scraper chisel
        <path d="M26 92L78 22c8 10 8 24-2 36L46 88z" fill="C"/><path d="M26 92L78 22c4 5 6 11 6 17z" fill="#fff" opacity=".5"/><path d="M44 76l14 12-18 18c-6 4-14-4-10-10z" fill="A"/>
        apron oven dungarees overall
        <path d="M44 22c0 14 32 14 32 0l10 30 8 50H26l8-50z" fill="A"/><path d="M44 22c-8-8-8-8-8-8M76 22c8-8 8-8 8-8" stroke="B" stroke-width="4" stroke-linecap="round"/><rect x="42" y="66" width="36" height="22" rx="4" fill="B"/>
        towel cloth runner napkin doily blanket throw duvet sheet bedding tablecloth sarong
        <rect x="28" y="28" width="64" height="22" rx="8" fill="B"/><path d="M28 40h64v56a6 6 0 0 1-6 6H34a6 6 0 0 1-6-6z" fill="A"/><path d="M28 76h64M28 86h64" stroke="C" stroke-width="5"/>
        cushion pillow beanbag meditation mattress topper
        <path d="M26 30c20 8 48 8 68 0 8 0 8 6 6 10-6 14-6 28 0 42 2 4 2 10-6 10-20-8-48-8-68 0-8 0-8-6-6-10 6-14 6-28 0-42-2-4-2-10 6-10z" fill="A"/><path d="M44 60h32M60 44v32" stroke="C" stroke-width="5" stroke-linecap="round" opacity=".7"/><circle cx="60" cy="60" r="5" fill="B"/>
        bed cot hammock | bedroom
        <rect x="16" y="58" width="88" height="28" rx="6" fill="A"/><rect x="16" y="34" width="10" height="66" rx="4" fill="B"/><rect x="94" y="54" width="10" height="46" rx="4" fill="B"/><rect x="30" y="46" width="28" height="16" rx="8" fill="C"/>
        curtain blind curtains
        <rect x="16" y="18" width="88" height="7" rx="3.5" fill="B"/><path d="M24 25h32c0 36-8 52-32 74z" fill="A"/><path d="M96 25H64c0 36 8 52 32 74z" fill="A"/><path d="M34 25c0 28-2 44-10 56M86 25c0 28 2 44 10 56" stroke="B" stroke-width="3" fill="none" opacity=".5"/>
        table desk sideboard
        <rect x="16" y="42" width="88" height="12" rx="5" fill="A"/><path d="M28 54l-4 46M92 54l4 46" stroke="B" stroke-width="8" stroke-linecap="round"/><rect x="46" y="54" width="28" height="14" rx="3" fill="B"/>
        shelf rack bookcase ladder stand docking
        <rect x="28" y="16" width="64" height="88" rx="4" fill="B"/><path d="M34 22h52v20H34zM34 48h52v20H34zM34 74h52v22H34z" fill="C"/><path d="M40 28h7v14h-7zM50 26h6v16h-6zM60 54h18v14H60zM42 82h10v14H42z" fill="A"/>
        frame picture photo print poster canvas
        <rect x="22" y="24" width="76" height="72" rx="4" fill="A"/><rect x="32" y="34" width="56" height="52" fill="C"/><path d="M32 86l18-26 14 16 8-9 16 19z" fill="B"/><circle cx="74" cy="48" r="7" fill="D"/>
        mirror mirrored
        <ellipse cx="60" cy="48" rx="30" ry="34" fill="A"/><ellipse cx="60" cy="48" rx="22" ry="26" fill="#cfe0ea"/><path d="M48 52l16-20M56 60l14-17" stroke="#fff" stroke-width="4" stroke-linecap="round"/><rect x="55" y="82" width="10" height="24" rx="4" fill="B"/>
        sign chalkboard blackboard slate plaque noticeboard board number letter alphabet
        <path d="M60 14L34 36M60 14l26 22" stroke="B" stroke-width="4"/><rect x="20" y="36" width="80" height="50" rx="6" fill="A"/><rect x="27" y="43" width="66" height="36" rx="3" fill="C"/><path d="M36 54h48M36 66h32" stroke="B" stroke-width="5" stroke-linecap="round"/>
        doormat mat rug carpet | yoga
        <rect x="14" y="42" width="92" height="44" rx="3" fill="A"/><rect x="22" y="50" width="76" height="28" rx="2" fill="none" stroke="C" stroke-width="4"/><path d="M14 46h-4M14 54h-4M14 62h-4M14 70h-4M14 78h-4M106 46h4M106 54h4M106 62h4M106 70h4M106 78h4" stroke="B" stroke-width="3"/>
        umbrella parasol
        <path d="M60 18c26 0 42 18 44 40-8-6-16-6-22 2-6-8-16-8-22 0-6-8-16-8-22 0-6-8-14-8-22-2 2-22 18-40 44-40z" fill="A"/><path d="M60 18c-10 12-14 26-14 38M60 18c10 12 14 26 14 38" stroke="B" stroke-width="3" fill="none" opacity=".5"/><path d="M60 58v34c0 14-18 12-16 0" stroke="B" stroke-width="6" fill="none" stroke-linecap="round"/>
        basket hamper wicker trug wheelbarrow hutch
        <path d="M22 54h76l-10 46a6 6 0 0 1-6 4H38a6 6 0 0 1-6-4z" fill="A"/><path d="M34 54c0-48 52-48 52 0" fill="none" stroke="B" stroke-width="6"/><rect x="18" y="50" width="84" height="11" rx="5" fill="B"/><path d="M30 72h60M33 86h54M48 62l4 42M72 62l-4 42" stroke="B" stroke-width="3" opacity=".5"/>
        hook hanger knob coat-hook handle peg
        <rect x="20" y="24" width="80" height="18" rx="6" fill="A"/><path d="M40 42v26c0 16 22 16 22 2" fill="none" stroke="B" stroke-width="7" stroke-linecap="round"/><path d="M80 42v18c0 14 18 14 18 2" fill="none" stroke="B" stroke-width="7" stroke-linecap="round"/><circle cx="30" cy="33" r="3" fill="C"/><circle cx="90" cy="33" r="3" fill="C"/>
        key lock padlock keyring
        <circle cx="40" cy="60" r="20" fill="none" stroke="A" stroke-width="11"/><path d="M60 60h46M90 60v16M104 60v12" stroke="B" stroke-width="9" stroke-linecap="round"/>
        bunting garland flag pennant flags
        <path d="M12 32c30 18 66 18 96 0" fill="none" stroke="B" stroke-width="4"/><path d="M18 37l20 6-15 26zM50 46h22L61 76z" fill="A"/><path d="M84 43l20-7-4 30z" fill="D"/>
        bell bells doorbell chime
        <path d="M60 22c18 0 24 14 26 38 1 14 6 18 12 24H22c6-6 11-10 12-24 2-24 8-38 26-38z" fill="A"/><rect x="54" y="14" width="12" height="12" rx="6" fill="B"/><circle cx="60" cy="92" r="9" fill="B"/><rect x="20" y="82" width="80" height="7" rx="3.5" fill="B"/>
        bauble ornament decoration decorations charm crystal
        <circle cx="60" cy="68" r="34" fill="A"/><rect x="52" y="24" width="16" height="14" rx="3" fill="D"/><path d="M60 24c-8-12 8-16 4-4" fill="none" stroke="B" stroke-width="3"/><path d="M27 62c20 10 46 10 66 0M28 78c20 10 44 10 64 0" stroke="C" stroke-width="5" fill="none" opacity=".8"/>
        tree wreath | christmas forest woodland
        <path d="M60 12l26 34H74l20 26H26l20-26H34z" fill="#2f7a5f"/><rect x="53" y="72" width="14" height="16" fill="#7a5a1c"/><path d="M40 88h40l-5 18H45z" fill="A"/><circle cx="56" cy="40" r="4" fill="D"/><circle cx="70" cy="60" r="4" fill="D"/><circle cx="46" cy="62" r="4" fill="A"/>
        """#
}
