using System.Text;

namespace Radapt.Datasets.Tables;

/// <summary>
/// The text of an XML document, refused as soon as elements are deeper or have more attributes than any table's. The parser itself has no
/// such
/// limits: what is nested a million times costs it gigabytes, and attributes cost it the square of their number, before the first of them
/// is seen.
/// </summary>
internal sealed class BoundedXml(Stream stream, string file) : TextReader
{
    private const int MostDepth = 64; // a cell's text is seven deep
    private const int MostAttributes = 64; // of one element; a sheet's root has a dozen

    private readonly StreamReader _text = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
    private Inside _inside = Inside.Content;
    private int _depth;
    private int _attributes;
    private char _quote;
    private char _last;
    private char _beforeLast;

    private enum Inside
    {
        Content,
        TagBegin,
        Tag,
        EndTag,
        Value,
        MarkupBegin,
        Comment,
        CharacterData,
        Instruction,
    }

    /// <inheritdoc/>
    public override int Peek() => _text.Peek();

    /// <inheritdoc/>
    public override int Read()
    {
        int read = _text.Read();
        if (read >= 0)
        {
            Follow((char)read);
        }

        return read;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count)
    {
        int read = _text.Read(buffer, index, count);
        foreach (char c in buffer.AsSpan(index, read))
        {
            Follow(c);
        }

        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _text.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Follow(char c)
    {
        _inside = _inside switch
        {
            Inside.Content => c == '<' ? Inside.TagBegin : Inside.Content,
            Inside.TagBegin => Begin(c),
            Inside.Tag => InTag(c),
            Inside.EndTag => c == '>' ? Close(Inside.Content) : Inside.EndTag,
            Inside.Value => c == _quote ? Inside.Tag : Inside.Value,
            Inside.MarkupBegin => c == '-' ? Inside.Comment : c == '[' ? Inside.CharacterData : Inside.Instruction,
            Inside.Comment => c == '>' && _last == '-' && _beforeLast == '-' ? Inside.Content : Inside.Comment,
            Inside.CharacterData => c == '>' && _last == ']' && _beforeLast == ']' ? Inside.Content : Inside.CharacterData,
            _ => c == '>' ? Inside.Content : Inside.Instruction,
        };
        (_beforeLast, _last) = (_last, c);
    }

    private Inside Begin(char c)
    {
        if (c is '/' or '!' or '?')
        {
            return c == '/' ? Inside.EndTag : c == '!' ? Inside.MarkupBegin : Inside.Instruction;
        }

        _attributes = 0;
        return ++_depth <= MostDepth ? Inside.Tag
            : throw new RadaptException($"{file}: its XML is nested more than {MostDepth} levels deep, which no table needs; save the table as CSV.");
    }

    private Inside InTag(char c)
    {
        if (c is '"' or '\'')
        {
            _quote = c;
            return ++_attributes <= MostAttributes ? Inside.Value
                : throw new RadaptException(
                    $"{file}: an element of its XML has more than {MostAttributes} attributes, which no table needs; save the table as CSV.");
        }

        return c != '>' ? Inside.Tag : _last == '/' ? Close(Inside.Content) : Inside.Content;
    }

    private Inside Close(Inside next)
    {
        _depth--;
        return next;
    }
}
