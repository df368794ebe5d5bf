using System.Text;

namespace Radapt.Datasets.Matching;

/// <summary>
/// The two spellings that Unicode has for letters with marks: <c>ü</c> as one character (composed), and as <c>u</c> followed by two dots
/// (decomposed, as files from a Mac are named). <c>string.Normalize</c> cannot be used: without the ICU library, on which Radapt does
/// not depend, it returns its argument.
/// </summary>
/// <remarks>
/// Holds the pairs of the Basic Multilingual Plane that NFC keeps (Unicode 14, UnicodeData.txt), and computes Hangul (Unicode, 3.12).
/// Marks stay in the order in which they are given, which is the canonical one in what programs write.
/// </remarks>
internal static class CanonicalLetters
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Tails = 28, Syllables = Leads * Vowels * Tails;

    // After each mark the letters that take it, each followed by what both are together.
    private static readonly Dictionary<char, string> s_letters = new()
    {
        { '\u0300', "AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂ"
            + "ὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ\u1FBF\u1FCDϊῒΙῚ\u1FFE\u1FDDϋῢΥῪ\u00A8\u1FEDΟῸΩῺ" },
        { '\u0301', "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ\u00A8\u0385ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύ"
            + "ωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍ"
            + "ὐὔὑὕὙὝὠὤὡὥὨὬὩὭ\u1FBF\u1FCE\u1FFE\u1FDE" },
        { '\u0302', "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ" },
        { '\u0303', "AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ" },
        { '\u0304', "AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ" },
        { '\u0306', "AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ" },
        { '\u0307', "CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎyẏſẛ" },
        { '\u0308', "AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦhḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ" },
        { '\u0309', "AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ" },
        { '\u030A', "AÅaåUŮuůwẘyẙ" },
        { '\u030B', "OŐoőUŰuűУӲуӳ" },
        { '\u030C', "CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ" },
        { '\u030F', "AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ" },
        { '\u0311', "AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ" },
        { '\u0313', "αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ" },
        { '\u0314', "αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ" },
        { '\u031B', "OƠoơUƯuư" },
        { '\u0323', "BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ" },
        { '\u0324', "UṲuṳ" },
        { '\u0325', "AḀaḁ" },
        { '\u0326', "SȘsșTȚtț" },
        { '\u0327', "CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ" },
        { '\u0328', "AĄaąEĘeęIĮiįUŲuųOǪoǫ" },
        { '\u032D', "DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ" },
        { '\u032E', "HḪhḫ" },
        { '\u0330', "EḚeḛIḬiḭUṴuṵ" },
        { '\u0331', "BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ" },
        { '\u0338', "\u2190\u219A\u2192\u219B\u2194\u21AE\u21D0\u21CD\u21D4\u21CE\u21D2\u21CF\u2203\u2204\u2208\u2209\u220B\u220C"
            + "\u2223\u2224\u2225\u2226\u223C\u2241\u2243\u2244\u2245\u2247\u2248\u2249\u003D\u2260\u2261\u2262\u224D\u226D"
            + "\u003C\u226E\u003E\u226F\u2264\u2270\u2265\u2271\u2272\u2274\u2273\u2275\u2276\u2278\u2277\u2279\u227A\u2280"
            + "\u227B\u2281\u2282\u2284\u2283\u2285\u2286\u2288\u2287\u2289\u22A2\u22AC\u22A8\u22AD\u22A9\u22AE\u22AB\u22AF"
            + "\u227C\u22E0\u227D\u22E1\u2291\u22E2\u2292\u22E3\u22B2\u22EA\u22B3\u22EB\u22B4\u22EC\u22B5\u22ED" },
        { '\u0342', "ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ\u00A8\u1FC1ηῆ\u1FBF\u1FCFιῖϊῗ\u1FFE\u1FDFυῦϋῧωῶ" },
        { '\u0345', "ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃ"
            + "ήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ" },
        { '\u0653', "\u0627\u0622" },
        { '\u0654', "\u0627\u0623\u0648\u0624\u064A\u0626\u06D5\u06C0\u06C1\u06C2\u06D2\u06D3" },
        { '\u0655', "\u0627\u0625" },
        { '\u093C', "\u0928\u0929\u0930\u0931\u0933\u0934" },
        { '\u09BE', "\u09C7\u09CB" },
        { '\u09D7', "\u09C7\u09CC" },
        { '\u0B3E', "\u0B47\u0B4B" },
        { '\u0B56', "\u0B47\u0B48" },
        { '\u0B57', "\u0B47\u0B4C" },
        { '\u0BBE', "\u0BC6\u0BCA\u0BC7\u0BCB" },
        { '\u0BD7', "\u0B92\u0B94\u0BC6\u0BCC" },
        { '\u0C56', "\u0C46\u0C48" },
        { '\u0CC2', "\u0CC6\u0CCA" },
        { '\u0CD5', "\u0CBF\u0CC0\u0CC6\u0CC7\u0CCA\u0CCB" },
        { '\u0CD6', "\u0CC6\u0CC8" },
        { '\u0D3E', "\u0D46\u0D4A\u0D47\u0D4B" },
        { '\u0D57', "\u0D46\u0D4C" },
        { '\u0DCA', "\u0DD9\u0DDA\u0DDC\u0DDD" },
        { '\u0DCF', "\u0DD9\u0DDC" },
        { '\u0DDF', "\u0DD9\u0DDE" },
        { '\u102E', "\u1025\u1026" },
        { '\u1B35', "\u1B05\u1B06\u1B07\u1B08\u1B09\u1B0A\u1B0B\u1B0C\u1B0D\u1B0E\u1B11\u1B12\u1B3A\u1B3B\u1B3C\u1B3D\u1B3E\u1B40"
            + "\u1B3F\u1B41\u1B42\u1B43" },
        { '\u3099', "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔゝゞカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴワヷヰヸヱヹヲヺヽヾ" },
        { '\u309A', "はぱひぴふぷへぺほぽハパヒピフプヘペホポ" },
    };

    private static readonly Dictionary<(char Letter, char Mark), char> s_composed = s_letters
        .SelectMany(m => m.Value.Chunk(2).Select(pair => KeyValuePair.Create((pair[0], m.Key), pair[1]))).ToDictionary();

    private static readonly Dictionary<char, (char Letter, char Mark)> s_decomposed = s_composed.ToDictionary(c => c.Value, c => c.Key);

    /// <summary>Letters and their marks as one character where there is one.</summary>
    public static string Composed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var composed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (composed.Length > 0 && Compose(composed[^1], c) is { } both)
            {
                composed[^1] = both;
            }
            else
            {
                composed.Append(c);
            }
        }

        return composed.ToString();
    }

    /// <summary>Letters and their marks as characters of their own; equal texts are equal then, however they were spelled.</summary>
    public static string Decomposed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var decomposed = new StringBuilder(2 * text.Length);
        foreach (char c in text)
        {
            AppendDecomposed(decomposed, c);
        }

        return decomposed.ToString();
    }

    private static char? Compose(char letter, char mark)
    {
        int lead = letter - LeadBase, vowel = mark - VowelBase, syllable = letter - HangulBase, tail = mark - TailBase;
        return s_composed.TryGetValue((letter, mark), out char both) ? both
            : lead is >= 0 and < Leads && vowel is >= 0 and < Vowels ? (char)(HangulBase + (((lead * Vowels) + vowel) * Tails))
            : syllable is >= 0 and < Syllables && syllable % Tails == 0 && tail is > 0 and < Tails ? (char)(letter + tail)
            : null;
    }

    private static void AppendDecomposed(StringBuilder to, char c)
    {
        int syllable = c - HangulBase;
        if (s_decomposed.TryGetValue(c, out (char Letter, char Mark) parts))
        {
            AppendDecomposed(to, parts.Letter); // which may have a mark itself: ệ
            to.Append(parts.Mark);
        }
        else if (syllable is >= 0 and < Syllables)
        {
            to.Append((char)(LeadBase + (syllable / (Vowels * Tails)))).Append((char)(VowelBase + (syllable / Tails % Vowels)));
            if (syllable % Tails is > 0 and int tail)
            {
                to.Append((char)(TailBase + tail));
            }
        }
        else
        {
            to.Append(c);
        }
    }
}
