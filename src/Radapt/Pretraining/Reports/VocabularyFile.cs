using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// Vocabulary files: a list with a piece a line (BERT's <c>vocab.txt</c>), or the JSON of a Hugging Face tokenizer, which also says how
/// texts become words.
/// </summary>
internal static class VocabularyFile
{
    private const long MostBytes = 64 << 20;
    private const int MostPieces = 1_000_000;

    /// <summary>Reads either form.</summary>
    /// <exception cref="RadaptException">It cannot be read, or it is not a WordPiece vocabulary.</exception>
    public static WordPieceVocabulary Read(string path)
    {
        string text = Text(path);
        return text.AsSpan().TrimStart() is ['{', ..] ? FromJson(text, path) : FromList(text, path);
    }

    /// <summary>Writes the JSON of a Hugging Face tokenizer, which <see cref="Read"/> takes.</summary>
    /// <exception cref="RadaptException">The file cannot be written.</exception>
    public static void Write(string path, WordPieceVocabulary vocabulary) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(ToJson(vocabulary))));

    /// <summary>The JSON of a Hugging Face tokenizer.</summary>
    public static string ToJson(WordPieceVocabulary vocabulary)
    {
        TextRules rules = vocabulary.Rules;
        var pieces = new JsonObject(vocabulary.Pieces.Select((piece, i) => KeyValuePair.Create(piece, (JsonNode?)i)));
        IEnumerable<string> normalisers = new[]
        {
            rules.LowerCase ? "Lowercase" : null, rules.Compatible ? "NFKD" : "NFD", rules.StripAccents ? "StripAccents" : null,
        }.OfType<string>();
        var words = new JsonArray(new JsonObject { ["type"] = PreTokenizer(rules.Words) });
        if (rules.Digits != DigitRule.Within)
        {
            words.Add(new JsonObject { ["type"] = "Digits", ["individual_digits"] = rules.Digits == DigitRule.Apart });
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. WordPieceVocabulary.Special.Select(s => new JsonObject
            {
                ["id"] = pieces[s]!.DeepClone(),
                ["special"] = true,
                ["content"] = s,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
            })]),
            ["normalizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["normalizers"] = new JsonArray([.. normalisers.Select(n => new JsonObject { ["type"] = n })]),
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = words },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = WordPieceVocabulary.UnknownPiece,
                ["continuing_subword_prefix"] = WordPieceVocabulary.Continuation,
                ["max_input_chars_per_word"] = vocabulary.LongestWord,
                ["vocab"] = pieces,
            },
        }.ToJsonString();
    }

    private static string Text(string path)
    {
        try
        {
            if (RegularFile.Length(path) > MostBytes)
            {
                throw new RadaptException($"{path} has more than {MostBytes >> 20} MiB, too many for a vocabulary.");
            }

            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(RegularFile.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException e)
        {
            throw new RadaptException($"{path} is not a text file in UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{path} cannot be read: {e.Message}", e);
        }
    }

    // A list without capitals was learned from texts in small letters.
    private static WordPieceVocabulary FromList(string text, string path)
    {
        string[] pieces = [.. text.TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r'))];
        bool hasCapitals = pieces.Except(WordPieceVocabulary.Special).Any(p => p.Any(char.IsUpper) && p is not ['[', .., ']']);
        return new WordPieceVocabulary(
            pieces, TextRules.Bert with { LowerCase = !hasCapitals, StripAccents = !hasCapitals, Compatible = false }, path);
    }

    private static WordPieceVocabulary FromJson(string text, string path)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(text)!.AsObject();
            _ = root.Count; // duplicate names are found here
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new RadaptException($"{path} is not valid JSON.", e);
        }

        JsonObject model = Object(root["model"]) ?? throw Unsupported(path, "it has no model");
        string type = String(model["type"]) ?? "WordPiece"; // old files do not say
        if (type != "WordPiece")
        {
            throw Unsupported(path, $"its model is {type}");
        }

        if ((String(model["continuing_subword_prefix"]) ?? WordPieceVocabulary.Continuation) != WordPieceVocabulary.Continuation)
        {
            throw Unsupported(path, $"pieces that continue a word do not begin with {WordPieceVocabulary.Continuation}");
        }

        return new WordPieceVocabulary(Pieces(model, path), Rules(root, path), path)
        {
            LongestWord = Number(model["max_input_chars_per_word"]) ?? 100,
        };
    }

    private static string[] Pieces(JsonObject model, string path)
    {
        JsonObject vocabulary;
        try
        {
            vocabulary = Object(model["vocab"]) ?? throw Unsupported(path, "it has no vocabulary");
            if (vocabulary.Count > MostPieces)
            {
                throw Unsupported(path, $"it has more than {MostPieces:N0} pieces");
            }
        }
        catch (ArgumentException e)
        {
            throw new RadaptException($"{path}: a piece of the vocabulary occurs twice.", e);
        }

        var pieces = new string[vocabulary.Count];
        foreach ((string piece, JsonNode? number) in vocabulary)
        {
            if (Number(number) is not { } i || i < 0 || i >= pieces.Length || pieces[i] is not null)
            {
                throw Unsupported(path, $"the numbers of its pieces are not 0 to {pieces.Length - 1}, each once");
            }

            pieces[i] = piece;
        }

        return pieces;
    }

    private static TextRules Rules(JsonObject root, string path)
    {
        TextRules rules = new() { LowerCase = false, StripAccents = false, Compatible = false, Words = WordRule.Spaces };
        foreach (JsonObject step in Steps(root["normalizer"], "normalizers"))
        {
            rules = String(step["type"]) switch
            {
                "Lowercase" => rules with { LowerCase = true },
                "StripAccents" => rules with { StripAccents = true },
                "NFKD" or "NFKC" => rules with { Compatible = true },
                "NFD" or "NFC" => rules,
                "BertNormalizer" => Bert(step, rules),
                var other => throw Unsupported(path, $"its normalizer {other} is not one that Radapt knows"),
            };
        }

        foreach (JsonObject step in Steps(root["pre_tokenizer"], "pretokenizers"))
        {
            rules = String(step["type"]) switch
            {
                "Whitespace" => rules with { Words = WordRule.WordsAndMarks },
                "WhitespaceSplit" => rules with { Words = WordRule.Spaces },
                "BertPreTokenizer" => rules with { Words = WordRule.PunctuationApart },
                "Digits" => rules with { Digits = Flag(step["individual_digits"]) ? DigitRule.Apart : DigitRule.Together },
                var other => throw Unsupported(path, $"its pre-tokenizer {other} is not one that Radapt knows"),
            };
        }

        return rules;
    }

    private static TextRules Bert(JsonObject step, TextRules rules)
    {
        bool lower = step["lowercase"] is null || Flag(step["lowercase"]);
        return rules with { LowerCase = lower, StripAccents = step["strip_accents"] is null ? lower : Flag(step["strip_accents"]) };
    }

    private static string PreTokenizer(WordRule rule) => rule switch
    {
        WordRule.WordsAndMarks => "Whitespace",
        WordRule.PunctuationApart => "BertPreTokenizer",
        _ => "WhitespaceSplit",
    };

    // A step, or those of a sequence, of sequences in it too.
    private static IEnumerable<JsonObject> Steps(JsonNode? node, string members) => Object(node) is not { } step ? []
        : String(step["type"]) == "Sequence" ? (step[members] as JsonArray ?? []).SelectMany(n => Steps(n, members)) : [step];

    private static RadaptException Unsupported(string path, string what) =>
        new($"{path} cannot be used as a vocabulary: {what}. Give a WordPiece tokenizer's JSON, or a list with one piece a line.");

    private static JsonObject? Object(JsonNode? node) => node as JsonObject;

    private static string? String(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static int? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out int number) ? number : null;

    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;
}
