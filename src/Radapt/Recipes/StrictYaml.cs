using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Radapt.Recipes;

/// <summary>
/// Reads a YAML file as scalars, lists and mappings. It works on the parser's events, so no tag can name a type, no alias can grow, and no
/// nesting can go deep.
/// </summary>
internal sealed class StrictYaml
{
    /// <summary>Far above any recipe or study.</summary>
    public const int MostBytes = 256 * 1024;
    private const int Deepest = 6;

    private readonly string _file;
    private readonly string _kind;
    private readonly Parser _parser;

    private StrictYaml(string file, string kind, string text) => (_file, _kind, _parser) = (file, kind, new Parser(new StringReader(text)));

    /// <summary>Reads a file.</summary>
    /// <param name="stream">UTF-8.</param>
    /// <param name="file">The name that messages show.</param>
    /// <param name="kind">What the file is, such as <c>recipe</c>, for messages.</param>
    /// <returns>Null: it holds nothing but comments.</returns>
    /// <exception cref="RadaptException">It is not such a file; the message names file and line.</exception>
    public static YamlValue? Read(Stream stream, string file, string kind)
    {
        byte[] bytes = new byte[MostBytes + 1];
        int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MostBytes)
        {
            throw new RadaptException($"{file} is larger than {MostBytes / 1024} KiB, so it is not a {kind}.");
        }

        try
        {
            string text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            return new StrictYaml(file, kind, text.TrimStart('\uFEFF')).ReadDocument();
        }
        catch (DecoderFallbackException error)
        {
            throw new RadaptException($"{file} is not UTF-8 text, so it is not a {kind}.", error);
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

    private YamlValue? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        YamlValue? root = null;
        if (_parser.TryConsume<DocumentStart>(out _))
        {
            root = ReadValue(depth: 1);
            _parser.Consume<DocumentEnd>();
        }

        return !_parser.TryConsume<StreamEnd>(out _) ? throw Wrong($"a {_kind} is one YAML document")
            : root is YamlScalar { Text: "" } ? null // a file of comments holds one empty scalar
            : root;
    }

    private YamlValue ReadValue(int depth)
    {
        if (depth > Deepest || _parser.Accept<Scalar>(out _))
        {
            return ReadScalar();
        }

        if (_parser.Accept<SequenceStart>(out _))
        {
            long line = Open<SequenceStart>().Start.Line;
            var items = new List<YamlValue>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadValue(depth + 1));
            }

            return new YamlList(line, items);
        }

        long start = Open<MappingStart>().Start.Line;
        var entries = new List<(YamlScalar, YamlValue)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            entries.Add((ReadScalar(), ReadValue(depth + 1)));
        }

        return new YamlMap(start, entries);
    }

    private YamlScalar ReadScalar()
    {
        Scalar scalar = Open<Scalar>();
        bool isNull = scalar.IsPlainImplicit && scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null";
        return new YamlScalar(scalar.Start.Line, scalar.Value, isNull);
    }

    private T Open<T>()
        where T : NodeEvent
    {
        if (_parser.Accept<AnchorAlias>(out _))
        {
            throw Wrong("aliases (*name) are not read; write the value out");
        }

        if (!_parser.TryConsume<T>(out var node))
        {
            throw Wrong("a single value belongs here");
        }

        return node.Tag.IsEmpty && node.Anchor.IsEmpty ? node
            : throw new RadaptException(
                $"{_file}:{node.Start.Line}: tags (!name) and anchors (&name) are not read; write only the value.");
    }

    private RadaptException Wrong(string expected) => new($"{_file}:{_parser.Current?.Start.Line}: {expected}.");
}
