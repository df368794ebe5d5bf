namespace Radapt.Pacs.Results;

/// <summary>
/// Letters of 5 x 7 pixels, for what must be burnt into pictures on every machine alike: a machine without fonts would leave it out.
/// Capitals, digits and a little punctuation; small letters are written as capitals, anything else as a question mark.
/// </summary>
internal static class PixelFont
{
    /// <summary>Pixels from one letter to the next.</summary>
    public const int Advance = 6;

    /// <summary>Pixels from one line to the next.</summary>
    public const int LineHeight = 9;

    private const int Columns = 5, Rows = 7;
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"; // a row of five pixels, the left one the highest bit

    // Seven rows a letter, from the top.
    private static readonly Dictionary<char, string> s_letters = new()
    {
        ['A'] = "4AHHVHH",
        ['B'] = "UHHUHHU",
        ['C'] = "EHGGGHE",
        ['D'] = "UHHHHHU",
        ['E'] = "VGGUGGV",
        ['F'] = "VGGUGGG",
        ['G'] = "EHGNHHF",
        ['H'] = "HHHVHHH",
        ['I'] = "E44444E",
        ['J'] = "1111HHE",
        ['K'] = "HIKOKIH",
        ['L'] = "GGGGGGV",
        ['M'] = "HRLLHHH",
        ['N'] = "HPLLJHH",
        ['O'] = "EHHHHHE",
        ['P'] = "UHHUGGG",
        ['Q'] = "EHHHLID",
        ['R'] = "UHHUKIH",
        ['S'] = "FGGE11U",
        ['T'] = "V444444",
        ['U'] = "HHHHHHE",
        ['V'] = "HHHHHA4",
        ['W'] = "HHHLLRH",
        ['X'] = "HHA4AHH",
        ['Y'] = "HHA4444",
        ['Z'] = "V1248GV",
        ['0'] = "EHJLPHE",
        ['1'] = "4C4444E",
        ['2'] = "EH1248V",
        ['3'] = "V1261HE",
        ['4'] = "26AIV22",
        ['5'] = "VGU11HE",
        ['6'] = "68GUHHE",
        ['7'] = "V124888",
        ['8'] = "EHHEHHE",
        ['9'] = "EHHF12C",
        ['.'] = "00000CC",
        [','] = "0000448",
        [':'] = "0CC0CC0",
        ['-'] = "000V000",
        ['_'] = "000000V",
        ['/'] = "011248G",
        ['('] = "2488842",
        [')'] = "8422248",
        ['%'] = "OP2489J",
        ['?'] = "EH12404",
        [' '] = "0000000",
    };

    /// <summary>Breaks a text at blanks into lines of so many letters; a word that is longer is broken anywhere.</summary>
    public static IReadOnlyList<string> Wrap(string text, int letters)
    {
        var lines = new List<string>();
        string line = "";
        foreach (char[] letterGroup in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(w => w.Chunk(letters)))
        {
            string word = new(letterGroup);
            if (line.Length > 0 && line.Length + 1 + word.Length > letters)
            {
                lines.Add(line);
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        lines.Add(line);
        return lines;
    }

    /// <summary>Draws a line of text, white, onto an RGB picture; what does not fit is cut off.</summary>
    /// <param name="rgb">The picture, row after row.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="x">Left edge of the first letter.</param>
    /// <param name="y">Upper edge.</param>
    /// <param name="scale">Pixels of the picture for every pixel of a letter.</param>
    /// <param name="text">The text.</param>
    public static void Draw(Span<byte> rgb, int width, int x, int y, int scale, string text)
    {
        int height = rgb.Length / 3 / width;
        for (int letter = 0; letter < text.Length; letter++)
        {
            string rows = s_letters.GetValueOrDefault(char.ToUpperInvariant(text[letter])) ?? s_letters['?'];
            for (int i = 0; i < Columns * scale * Rows * scale; i++)
            {
                (int column, int row) = (i % (Columns * scale), i / (Columns * scale));
                bool isInk = ((Digits.IndexOf(rows[row / scale], StringComparison.Ordinal) >> (Columns - 1 - (column / scale))) & 1) != 0;
                (int px, int py) = (x + (letter * Advance * scale) + column, y + row);
                if (isInk && px >= 0 && px < width && py >= 0 && py < height)
                {
                    rgb.Slice(3 * ((py * width) + px), 3).Fill(byte.MaxValue);
                }
            }
        }
    }
}
