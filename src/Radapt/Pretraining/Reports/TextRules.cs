using System.Text;
using System.Text.RegularExpressions;
using Radapt.Datasets.Matching;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// How a text becomes the words that a vocabulary cuts into pieces: what is done to its letters, and where words begin and end. These rules
/// belong to the vocabulary, which was learned from words made so.
/// </summary>
internal sealed partial record TextRules
{
    /// <summary>The rules of MRM's vocabulary; also those for vocabularies learned here.</summary>
    public static TextRules Mrm { get; } = new() { Words = WordRule.WordsAndMarks, Digits = DigitRule.Together };

    /// <summary>The rules of BERT, which vocabularies without rules of their own are taken to have.</summary>
    public static TextRules Bert { get; } = new() { Words = WordRule.PunctuationApart };

    /// <summary>Capitals become small letters.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Letters lose their accents: é becomes e.</summary>
    public bool StripAccents { get; init; } = true;

    /// <summary>Characters that only look different are replaced: ² becomes 2 (the ones that reports use).</summary>
    public bool Compatible { get; init; } = true;

    /// <summary>Where words end.</summary>
    public WordRule Words { get; init; }

    /// <summary>Whether numbers are words of their own.</summary>
    public DigitRule Digits { get; init; }

    /// <summary>What words look like.</summary>
    public Regex WordPattern => (Words, Digits) switch
    {
        (WordRule.WordsAndMarks, DigitRule.Within) => WordsAndMarks(),
        (WordRule.WordsAndMarks, DigitRule.Together) => WordsNumbersAndMarks(),
        (WordRule.WordsAndMarks, _) => WordsDigitsAndMarks(),
        (WordRule.PunctuationApart, DigitRule.Within) => PunctuationApart(),
        (WordRule.PunctuationApart, DigitRule.Together) => PunctuationAndNumbersApart(),
        (WordRule.PunctuationApart, _) => PunctuationAndDigitsApart(),
        (_, DigitRule.Within) => Spaces(),
        (_, DigitRule.Together) => SpacesAndNumbers(),
        _ => SpacesAndDigits(),
    };

    /// <summary>The text with its letters as the vocabulary has them.</summary>
    public string Normalise(string text)
    {
        text = Compatible && !Ascii.IsValid(text) ? CompatibleLetters(text) : text;
        text = LowerCase ? text.ToLowerInvariant() : text;
        if (StripAccents && !Ascii.IsValid(text))
        {
            text = string.Concat(CanonicalLetters.Decomposed(text).Where(c => !IsAccent(c)));
        }

        return text;
    }

    // The combining marks that accents are in decomposed texts.
    private static bool IsAccent(char c) => char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;

    private static string CompatibleLetters(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (s_compatible.TryGetValue(c, out string? plain))
            {
                letters.Append(plain);
            }
            else
            {
                letters.Append(c);
            }
        }

        return letters.ToString();
    }

    // A part of Unicode's compatibility decompositions (UnicodeData.txt): the characters of this kind that reports are written with.
    private static readonly Dictionary<char, string> s_compatible = new()
    {
        { '\u00A0', " " }, { '\u2009', " " }, { '\u202F', " " }, { '\u00AA', "a" }, { '\u00BA', "o" }, { '\u00B2', "2" },
        { '\u00B3', "3" }, { '\u00B9', "1" }, { '\u00B5', "\u03BC" }, { '\u00BC', "1\u20444" }, { '\u00BD', "1\u20442" },
        { '\u00BE', "3\u20444" }, { '\u2026', "..." }, { '\u2122', "TM" }, { '\u2116', "No" }, { '\uFB00', "ff" }, { '\uFB01', "fi" },
        { '\uFB02', "fl" }, { '\uFB03', "ffi" }, { '\uFB04', "ffl" }, { '\u2011', "\u2010" },
    };

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex WordsAndMarks();

    [GeneratedRegex(@"\d+|[\w-[\d]]+|[^\w\s]+")]
    private static partial Regex WordsNumbersAndMarks();

    [GeneratedRegex(@"\d|[\w-[\d]]+|[^\w\s]+")]
    private static partial Regex WordsDigitsAndMarks();

    // BERT's punctuation: every ASCII mark, and what Unicode calls punctuation.
    [GeneratedRegex(@"[!-/:-@\[-`{-~\p{P}]|[^\s!-/:-@\[-`{-~\p{P}]+")]
    private static partial Regex PunctuationApart();

    [GeneratedRegex(@"[!-/:-@\[-`{-~\p{P}]|\d+|[^\s\d!-/:-@\[-`{-~\p{P}]+")]
    private static partial Regex PunctuationAndNumbersApart();

    [GeneratedRegex(@"[!-/:-@\[-`{-~\p{P}]|\d|[^\s\d!-/:-@\[-`{-~\p{P}]+")]
    private static partial Regex PunctuationAndDigitsApart();

    [GeneratedRegex(@"\S+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\d+|[^\s\d]+")]
    private static partial Regex SpacesAndNumbers();

    [GeneratedRegex(@"\d|[^\s\d]+")]
    private static partial Regex SpacesAndDigits();
}

/// <summary>Where words end.</summary>
internal enum WordRule
{
    /// <summary>Letters, digits and underscores in a row are a word, and so are other marks in a row (Hugging Face's Whitespace).</summary>
    WordsAndMarks,

    /// <summary>At white space, and every punctuation mark is a word of its own (BERT's).</summary>
    PunctuationApart,

    /// <summary>At white space only.</summary>
    Spaces,
}

/// <summary>What becomes of digits within words.</summary>
internal enum DigitRule
{
    /// <summary>They stay within.</summary>
    Within,

    /// <summary>Digits in a row are a word of their own.</summary>
    Together,

    /// <summary>Every digit is a word of its own.</summary>
    Apart,
}
