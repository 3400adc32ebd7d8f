extension PictureVocabulary {
    /// Garden, play, food, and motifs.
    static let drawingsOfPlayAndNature = #"""
        tent teepee wigwam gazebo | camping outdoors
        <path d="M60 20l48 80H12z" fill="A"/><path d="M60 20l20 80H40z" fill="B"/><path d="M60 44l12 56H48z" fill="C"/><path d="M54 12l6 8 6-8" stroke="B" stroke-width="4" fill="none"/>
        bicycle bike saddle turbo | cycling
        <circle cx="32" cy="76" r="22" fill="none" stroke="B" stroke-width="6"/><circle cx="88" cy="76" r="22" fill="none" stroke="B" stroke-width="6"/><path d="M32 76l18-34h28l10 34M50 42l12 34H32M62 76l18-36M44 42h14M78 40l-4-12h10" fill="none" stroke="A" stroke-width="6" stroke-linejoin="round" stroke-linecap="round"/>
        ball football basketball
        <circle cx="60" cy="60" r="42" fill="A"/><path d="M60 18c-16 26-16 58 0 84M60 18c16 26 16 58 0 84M18 60h84" fill="none" stroke="C" stroke-width="4"/>
        kettlebell dumbbell weight weights
        <path d="M42 52c-6-40 42-40 36 0" fill="none" stroke="B" stroke-width="9"/><path d="M36 54c8-6 40-6 48 0 14 12 14 34 4 48H32c-10-14-10-36 4-48z" fill="A"/><circle cx="60" cy="78" r="11" fill="C"/>
        game dice dominoes ludo quiz
        <rect x="18" y="46" width="50" height="50" rx="10" fill="A"/><rect x="58" y="24" width="44" height="44" rx="9" fill="B"/><circle cx="32" cy="60" r="5" fill="C"/><circle cx="54" cy="82" r="5" fill="C"/><circle cx="43" cy="71" r="5" fill="C"/><circle cx="71" cy="37" r="4.5" fill="C"/><circle cx="89" cy="55" r="4.5" fill="C"/>
        card cards postcard playing invitation sticker stickers paper envelope
        <rect x="24" y="30" width="50" height="70" rx="6" fill="B" transform="rotate(-12 49 65)"/><rect x="46" y="24" width="52" height="72" rx="6" fill="C" transform="rotate(8 72 60)"/><path d="M72 48c6-10 20-2 14 8-3 6-9 9-14 15-5-6-11-9-14-15-6-10 8-18 14-8z" fill="A"/>
        puzzle jigsaw
        <path d="M22 40h24c-6-18 22-18 16 0h24v22c18-6 18 22 0 16v24H62c6-18-22-18-16 0H22V78c18 6 18-22 0-16z" fill="A"/><path d="M22 40h24c-6-18 22-18 16 0" fill="none" stroke="B" stroke-width="3"/>
        chess pawn strategy
        <circle cx="60" cy="32" r="16" fill="A"/><path d="M50 46h20l2 8H48z" fill="B"/><path d="M54 54h12c0 18 4 26 14 34H40c10-8 14-16 14-34z" fill="A"/><rect x="32" y="88" width="56" height="14" rx="5" fill="B"/>
        blocks block brick sorter tiles toy marble stacking | construction toys
        <rect x="20" y="62" width="38" height="38" rx="5" fill="A"/><rect x="62" y="62" width="38" height="38" rx="5" fill="B"/><rect x="41" y="22" width="38" height="38" rx="5" fill="D"/><path d="M60 31l9 18H51z" fill="C"/><circle cx="39" cy="81" r="9" fill="C"/><rect x="73" y="73" width="16" height="16" fill="C"/>
        train locomotive railway
        <rect x="22" y="50" width="54" height="34" rx="5" fill="A"/><rect x="66" y="30" width="32" height="54" rx="5" fill="B"/><rect x="74" y="38" width="16" height="16" rx="2" fill="C"/><rect x="32" y="34" width="12" height="18" fill="B"/><circle cx="38" cy="92" r="11" fill="#1f1b16"/><circle cx="64" cy="92" r="11" fill="#1f1b16"/><circle cx="88" cy="92" r="11" fill="#1f1b16"/>
        car lorry bus truck racing vehicle
        <path d="M14 66c0-10 8-12 18-12l10-20h36l14 20c10 0 16 4 16 14v16H14z" fill="A"/><path d="M46 40h12v14H40zM64 40h12l9 14H64z" fill="C"/><circle cx="36" cy="86" r="13" fill="#1f1b16"/><circle cx="86" cy="86" r="13" fill="#1f1b16"/><circle cx="36" cy="86" r="5" fill="C"/><circle cx="86" cy="86" r="5" fill="C"/>
        aeroplane plane aircraft airplane helicopter
        <path d="M14 66l18-4 24-6-14-34h10l26 30 22-6c8-2 12 8 4 12L44 82l-18 2z" fill="A"/><path d="M60 72l16 30h-9L46 78z" fill="B"/><circle cx="88" cy="58" r="4" fill="C"/>
        robot spaceboy
        <rect x="30" y="34" width="60" height="44" rx="10" fill="A"/><circle cx="48" cy="54" r="8" fill="C"/><circle cx="72" cy="54" r="8" fill="C"/><path d="M50 68h20" stroke="B" stroke-width="4" stroke-linecap="round"/><path d="M60 34V20" stroke="B" stroke-width="5"/><circle cx="60" cy="17" r="6" fill="D"/><rect x="40" y="82" width="40" height="24" rx="6" fill="B"/>
        bear teddy rattle | baby toddler
        <circle cx="34" cy="32" r="14" fill="B"/><circle cx="86" cy="32" r="14" fill="B"/><circle cx="60" cy="60" r="38" fill="A"/><ellipse cx="60" cy="72" rx="18" ry="14" fill="C"/><circle cx="46" cy="52" r="5" fill="#1f1b16"/><circle cx="74" cy="52" r="5" fill="#1f1b16"/><ellipse cx="60" cy="67" rx="6" ry="4" fill="#1f1b16"/>
        doll dolly babushka matryoshka girl angel
        <path d="M60 14c16 0 24 12 24 26 14 12 18 30 12 62H24c-6-32-2-50 12-62 0-14 8-26 24-26z" fill="A"/><circle cx="60" cy="40" r="17" fill="C"/><path d="M54 38h.1M66 38h.1" stroke="#1f1b16" stroke-width="5" stroke-linecap="round"/><path d="M54 46c4 4 8 4 12 0" stroke="B" stroke-width="3" fill="none" stroke-linecap="round"/><path d="M60 66c8-10 20 2 0 20-20-18-8-30 0-20z" fill="D"/>
        sewing knitting yarn thread wool crochet needlework
        <circle cx="54" cy="64" r="36" fill="A"/><path d="M24 50c20 4 40 20 50 42M20 66c16 2 30 14 38 32M36 34c24 4 44 20 52 44M52 28c16 4 28 14 36 28" stroke="B" stroke-width="3" fill="none" opacity=".6"/><path d="M70 40l34-26" stroke="D" stroke-width="5" stroke-linecap="round"/>
        aquarium fish goldfish
        <path d="M38 60c18-26 48-22 62 0-14 22-44 26-62 0z" fill="A"/><path d="M42 60L18 40c-2 14-2 26 0 40z" fill="B"/><circle cx="82" cy="54" r="5" fill="#1f1b16"/><path d="M62 46c4 9 4 19 0 28" stroke="C" stroke-width="4" fill="none"/><circle cx="102" cy="32" r="4" fill="none" stroke="B" stroke-width="2.5"/>
        collar chew bone treats
        <path d="M30 42c-16-14 8-28 14-8l38 30c20-6 22 18 6 16 2 16-22 16-18-2L34 52c-20 2-14-18-4-10z" fill="C" transform="rotate(8 60 60)"/><path d="M40 40l44 34" stroke="A" stroke-width="7" stroke-linecap="round" opacity=".5"/>
        food flour rice lentils pasta beans litter hay gravel coffee pods crisps mix | grocery snack
        <path d="M30 26h60l6 72a8 8 0 0 1-8 8H32a8 8 0 0 1-8-8z" fill="A"/><path d="M28 16h64l-2 14H30z" fill="B"/><rect x="38" y="48" width="44" height="36" rx="18" fill="C"/><path d="M60 56c10 6 10 14 0 20-10-6-10-14 0-20z" fill="D"/>
        tea matcha chai oolong infusion herbal earl teabag
        <path d="M60 14c-14 12 14 18 0 34" stroke="B" stroke-width="3" fill="none"/><rect x="48" y="6" width="24" height="14" rx="3" fill="A"/><path d="M44 50h32l12 14v38H32V64z" fill="C"/><path d="M38 74h44v22H38z" fill="#6b7f3f" opacity=".75"/><path d="M44 50h32l12 14H32z" fill="A" opacity=".5"/>
        chocolate bar bars flapjack cookie biscuit sweets
        <rect x="26" y="18" width="68" height="84" rx="6" fill="#6b3f2a"/><path d="M34 26h24v18H34zM64 26h22v18H64zM34 50h24v18H34zM64 50h22v18H64z" fill="#8a5638"/><path d="M22 66c12-6 20 6 30 0s20-6 30 0 12 2 16 0v38H22z" fill="A"/>
        apple fruit strawberry cherry mango orange lemon pear apples
        <path d="M60 40c-16-12-38-2-38 26 0 22 16 38 28 38 5 0 6-2 10-2s5 2 10 2c12 0 28-16 28-38 0-28-22-38-38-26z" fill="A"/><path d="M60 40c0-12 4-18 10-22" stroke="#7a5a1c" stroke-width="5" fill="none" stroke-linecap="round"/><path d="M64 30c6-12 18-12 24-8-4 10-14 12-24 8z" fill="#2f7a5f"/>
        bread loaf dough toast rolling
        <path d="M24 56c-10-20 8-32 36-32s46 12 36 32v40a8 8 0 0 1-8 8H32a8 8 0 0 1-8-8z" fill="#c98f4e"/><path d="M34 58c-8-14 6-24 26-24s34 10 26 24v36H34z" fill="#f1d9ae"/><path d="M46 54l8 10M60 48l8 12M72 54l6 10" stroke="#c98f4e" stroke-width="4" stroke-linecap="round"/>
        soap sponge hand-wash | skincare bathroom beauty
        <rect x="20" y="52" width="80" height="46" rx="20" fill="A"/><rect x="34" y="64" width="52" height="22" rx="11" fill="C" opacity=".7"/><circle cx="38" cy="36" r="11" fill="C"/><circle cx="62" cy="26" r="8" fill="C"/><circle cx="80" cy="38" r="6" fill="C"/><circle cx="35" cy="33" r="3" fill="#fff"/>
        tube sunscreen sun-cream toothpaste adhesive
        <path d="M40 14h40l-6 62H46z" fill="A"/><rect x="38" y="12" width="44" height="10" fill="B"/><rect x="46" y="76" width="28" height="26" rx="4" fill="B"/><path d="M52 36h16M53 46h14" stroke="C" stroke-width="4" stroke-linecap="round"/>
        nail-polish perfume scent
        <rect x="50" y="12" width="20" height="44" rx="4" fill="#1f1b16"/><path d="M36 66c0-8 6-12 14-12h20c8 0 14 4 14 12v30a8 8 0 0 1-8 8H44a8 8 0 0 1-8-8z" fill="A"/><path d="M46 68v24" stroke="C" stroke-width="5" stroke-linecap="round" opacity=".7"/>
        hot-water water-bottle warmer cosy
        <path d="M48 14h24v14H48z" fill="B"/><path d="M50 28h20c4 12 22 14 22 32v36a10 10 0 0 1-10 10H38a10 10 0 0 1-10-10V60c0-18 18-20 22-32z" fill="A"/><path d="M60 60c10-14 26 2 0 26-26-24-10-40 0-26z" fill="C"/>
        magnet magnets
        <path d="M26 26h22v36c0 16 24 16 24 0V26h22v38c0 48-68 48-68 0z" fill="A"/><path d="M26 26h22v16H26zM72 26h22v16H72z" fill="C"/>
        scale scales
        <rect x="22" y="50" width="76" height="52" rx="8" fill="A"/><circle cx="60" cy="78" r="17" fill="C"/><path d="M60 78l9-10" stroke="B" stroke-width="4" stroke-linecap="round"/><path d="M20 30h80l-8 14H28z" fill="B"/><rect x="56" y="42" width="8" height="10" fill="B"/>
        doorstop post scratching pole poles trekking
        <path d="M40 16l-8 88M80 16l8 88" stroke="A" stroke-width="7" stroke-linecap="round"/><path d="M36 16h8M76 16h8" stroke="B" stroke-width="12" stroke-linecap="round"/><path d="M26 92h16M78 92h16" stroke="B" stroke-width="4"/>
        map chart compass path coastal
        <path d="M18 34l28-10 28 10 28-10v62L74 96 46 86 18 96z" fill="C"/><path d="M46 24v62M74 34v62" stroke="B" stroke-width="3"/><path d="M28 74c12-20 24 6 34-14 8-16 16-8 28-20" stroke="A" stroke-width="4" stroke-dasharray="6 5" fill="none"/><circle cx="90" cy="42" r="6" fill="A"/>
        * heart love sweetheart hearts
        <path d="M60 100C20 72 14 54 20 40c8-20 32-16 40 2 8-18 32-22 40-2 6 14 0 32-40 60z" fill="A"/><path d="M34 44c4-8 12-8 16-4" stroke="C" stroke-width="5" fill="none" stroke-linecap="round" opacity=".8"/>
        * star stars
        <path d="M60 14l14 30 33 4-24 23 6 33-29-16-29 16 6-33L13 48l33-4z" fill="A"/><path d="M60 34l8 17 19 2" stroke="C" stroke-width="4" fill="none" opacity=".7" stroke-linecap="round"/>
        * flower rose daisy blossom flowers lavender floral wildflower seeds sunflower
        <g fill="A"><circle cx="60" cy="30" r="15"/><circle cx="84" cy="47" r="15"/><circle cx="75" cy="75" r="15"/><circle cx="45" cy="75" r="15"/><circle cx="36" cy="47" r="15"/></g><circle cx="60" cy="55" r="13" fill="D"/><path d="M60 84v24M60 98c10-2 16-8 18-14" stroke="#2f7a5f" stroke-width="5" fill="none" stroke-linecap="round"/>
        * butterfly dragonfly
        <path d="M58 56C40 20 12 26 18 46c4 14 26 14 40 12C38 60 24 74 30 88c6 12 24 4 28-26zM62 56c18-36 46-30 40-10-4 14-26 14-40 12 20 2 34 16 28 30-6 12-24 4-28-26z" fill="A"/><path d="M60 44v46M60 44c-2-10-8-14-12-16M60 44c2-10 8-14 12-16" stroke="B" stroke-width="4" fill="none" stroke-linecap="round"/><circle cx="34" cy="46" r="5" fill="C"/><circle cx="86" cy="46" r="5" fill="C"/>
        * bird owl hen chick robin cockerel duck parrot chicken
        <path d="M24 62c0-24 18-38 38-34 14 2 20 12 20 22l20 8-18 8c0 22-18 32-36 32-14 0-24-8-30-18l14-4c-5-4-8-8-8-14z" fill="A"/><path d="M46 66c10-8 24-4 28 8-10 12-26 8-28-8z" fill="B"/><circle cx="68" cy="44" r="4" fill="#1f1b16"/><path d="M82 50l20 8-18 4z" fill="D"/>
        * cat kitten
        <path d="M28 28l18 14c8-3 20-3 28 0l18-14v40c0 20-14 32-32 32S28 88 28 68z" fill="A"/><circle cx="48" cy="62" r="5" fill="#1f1b16"/><circle cx="72" cy="62" r="5" fill="#1f1b16"/><path d="M55 74h10l-5 6zM60 80v5M40 76l-18-4M40 82l-18 3M80 76l18-4M80 82l18 3" fill="B" stroke="B" stroke-width="2.5"/>
        * dog puppy spaniel | pets
        <path d="M26 34c-10 10-8 34 2 40l8-8c2 22 10 34 24 34s22-12 24-34l8 8c10-6 12-30 2-40-8-6-16-2-20 2-8-4-20-4-28 0-4-4-12-8-20-2z" fill="A"/><circle cx="48" cy="58" r="5" fill="#1f1b16"/><circle cx="72" cy="58" r="5" fill="#1f1b16"/><ellipse cx="60" cy="76" rx="9" ry="6" fill="#1f1b16"/><path d="M60 82v8" stroke="B" stroke-width="3"/>
        * rabbit bunny hare hamster guinea
        <path d="M44 58C32 36 32 12 42 12s16 22 14 42zM76 58c12-22 12-46 2-46S62 34 64 54z" fill="A"/><ellipse cx="60" cy="76" rx="30" ry="28" fill="A"/><path d="M44 46C38 34 40 24 43 24M76 46c6-12 4-22 1-22" stroke="C" stroke-width="5" fill="none" stroke-linecap="round"/><circle cx="49" cy="72" r="4.5" fill="#1f1b16"/><circle cx="71" cy="72" r="4.5" fill="#1f1b16"/><path d="M55 82h10l-5 6z" fill="B"/>
        * elephant
        <path d="M30 48c4-20 44-24 58-6 10 12 8 30 8 54H82V80H58v16H44V78c-14 2-18 12-16 24-14-4-16-22-8-36z" fill="A"/><path d="M46 44c14-4 24 8 18 24-14 4-22-8-18-24z" fill="B"/><circle cx="38" cy="56" r="4" fill="#1f1b16"/>
        * mushroom toadstool
        <path d="M48 58h24l4 40c-6 6-26 6-32 0z" fill="C"/><path d="M16 60c2-54 86-54 88 0-14 8-74 8-88 0z" fill="A"/><circle cx="44" cy="40" r="7" fill="C"/><circle cx="68" cy="32" r="6" fill="C"/><circle cx="80" cy="50" r="6" fill="C"/>
        * skull
        <path d="M60 16c26 0 40 16 40 36 0 14-8 22-16 26v20H36V78c-8-4-16-12-16-26 0-20 14-36 40-36z" fill="C"/><circle cx="44" cy="54" r="10" fill="B"/><circle cx="76" cy="54" r="10" fill="B"/><path d="M60 64l6 12H54z" fill="B"/><path d="M50 98V86M60 98V86M70 98V86" stroke="B" stroke-width="3"/>
        * crown princess king queen regency
        <path d="M18 40l22 20 20-34 20 34 22-20-10 56H28z" fill="D"/><rect x="28" y="90" width="64" height="12" rx="3" fill="A"/><circle cx="60" cy="76" r="6" fill="A"/><circle cx="18" cy="38" r="6" fill="A"/><circle cx="102" cy="38" r="6" fill="A"/><circle cx="60" cy="24" r="6" fill="A"/>
        * shell beach
        <path d="M60 100C30 84 16 62 22 44 30 24 46 30 60 22c14 8 30 2 38 22 6 18-8 40-38 56z" fill="A"/><path d="M60 98V28M58 96L40 34M62 96l18-62M56 94L26 48M64 94l30-46" stroke="C" stroke-width="3" opacity=".7"/>
        * dinosaur dragon
        <path d="M18 92c0-26 14-36 34-38 10-2 12-10 12-22 0-16 30-20 36-2l4 10H86c-2 14 2 22-2 36-2 8-4 10-4 18H68V82H48v12H34l-4-10c-4 2-8 4-12 8z" fill="A"/><circle cx="82" cy="32" r="4" fill="#1f1b16"/><path d="M40 56l4-12 8 10 6-12 6 10" fill="B"/>
        """#
}
