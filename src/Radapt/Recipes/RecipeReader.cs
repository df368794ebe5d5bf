using System.Text;
using Radapt.Options;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Radapt.Recipes;

/// <summary>
/// Reads a recipe: a flat mapping of options, each with a value, a list, or <c>{value: …, source: …, reason: …}</c>. It works on the
/// parser's events and knows scalars and flat lists only, so no tag can name a type, no alias can grow, no nesting can go deep.
/// </summary>
internal sealed class RecipeReader
{
    /// <summary>Far above any recipe; a larger file is none.</summary>
    private const int MostBytes = 256 * 1024;

    private readonly string _file;
    private readonly OptionCatalogue _catalogue;
    private readonly Parser _parser;

    private RecipeReader(string file, OptionCatalogue catalogue, string text)
    {
        (_file, _catalogue) = (file, catalogue);
        _parser = new Parser(new StringReader(text));
    }

    /// <param name="stream">UTF-8.</param>
    /// <param name="file">The name that messages show.</param>
    /// <param name="catalogue">The options of its kind of recipe; null: those of fine-tuning.</param>
    /// <exception cref="RadaptException">The content is no recipe; the message names file and line.</exception>
    public static RecipeLayer Read(Stream stream, string file, OptionCatalogue? catalogue = null)
    {
        byte[] bytes = new byte[MostBytes + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MostBytes)
        {
            throw new RadaptException($"{file} is larger than {MostBytes / 1024} KiB, so it is not a recipe.");
        }

        try
        {
            string text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            return new RecipeReader(file, catalogue ?? RecipeOptions.Catalogue, text.TrimStart('\uFEFF')).ReadDocument();
        }
        catch (DecoderFallbackException error)
        {
            throw new RadaptException($"{file} is not UTF-8 text, so it is not a recipe.", error);
        }
        catch (YamlException error)
        {
            throw new RadaptException($"{file}:{error.Start.Line}: this is not valid YAML: {error.Message}", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // What the parser throws where document markers (--- and ...) are in an order that it does not expect, and for tags that are no
            // URI.
            throw new RadaptException($"{file}: this is not valid YAML: {error.Message}", error);
        }
    }

    private RecipeLayer ReadDocument()
    {
        _parser.Consume<StreamStart>();
        var entries = new List<RecipeEntry>();
        if (_parser.TryConsume<DocumentStart>(out _))
        {
            if (!_parser.Accept<Scalar>(out var nothing) || nothing.Value.Length > 0) // a file of comments holds one empty scalar
            {
                Open<MappingStart>("a recipe is a list of lines such as 'rank: 4'");
                while (!_parser.TryConsume<MappingEnd>(out _))
                {
                    entries.Add(ReadEntry());
                }
            }
            else
            {
                _parser.MoveNext();
            }

            _parser.Consume<DocumentEnd>();
        }

        return _parser.TryConsume<StreamEnd>(out _) ? new RecipeLayer(entries, _catalogue) : throw Wrong("a recipe is one YAML document");
    }

    private RecipeEntry ReadEntry()
    {
        Scalar key = ReadScalar();
        string where = $"{_file}:{key.Start.Line}: {key.Value}";
        OptionDeclaration option = _catalogue.Get(key.Value, where);
        if (!_parser.Accept<MappingStart>(out _))
        {
            return new RecipeEntry(option, ReadValue(option, where), $"recipe {_file}", where);
        }

        Open<MappingStart>("");
        object? value = null;
        bool hasValue = false;
        string? source = null;
        string? reason = null;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            Scalar field = ReadScalar();
            switch (field.Value)
            {
                case "value" when !hasValue: (value, hasValue) = (ReadValue(option, where), true); break;
                case "source" when source is null: source = ReadScalar().Value; break;
                case "reason" when reason is null: reason = ReadScalar().Value; break;
                default: throw new RadaptException($"{where}: '{field.Value}' is not value, source or reason, or is given twice.");
            }
        }

        return !hasValue ? throw new RadaptException($"{where} has no value.")
            : new RecipeEntry(option, value, $"recipe {_file}", where) { Source = source, Reason = reason };
    }

    private object? ReadValue(OptionDeclaration option, string where)
    {
        if (!_parser.Accept<SequenceStart>(out _))
        {
            Scalar scalar = ReadScalar();
            bool isNull = scalar.IsPlainImplicit && scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
            return isNull ? throw new RadaptException($"{where} has no value; give one or leave the line out.")
                : option.Parse(scalar.Value, where);
        }

        Open<SequenceStart>("");
        var items = new List<string>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadScalar().Value);
        }

        return OptionReader.ReadList(option, items, where);
    }

    private Scalar ReadScalar() => Open<Scalar>("a single value belongs here");

    private T Open<T>(string expected)
        where T : NodeEvent
    {
        if (_parser.Accept<AnchorAlias>(out _))
        {
            throw Wrong("aliases (*name) are not read; write the value out");
        }

        if (!_parser.TryConsume<T>(out var node))
        {
            throw Wrong(expected);
        }

        return node.Tag.IsEmpty && node.Anchor.IsEmpty ? node
            : throw new RadaptException(
                $"{_file}:{node.Start.Line}: tags (!name) and anchors (&name) are not read; write only the value.");
    }

    private RadaptException Wrong(string expected) => new($"{_file}:{_parser.Current?.Start.Line}: {expected}.");
}
