namespace Radapt.Checkpoints;

/// <summary>A forward-only, buffered view of a file's range.</summary>
internal sealed class FileRegionStream(FileBytes file, long offset, long length) : Stream
{
    private readonly byte[] _buffer = new byte[(int)Math.Min(length, 64 << 10)];
    private long _read; // bytes taken from the file
    private int _at, _filled;

    public override long Length => length;

    public override long Position
    {
        get => _read - (_filled - _at);
        set => throw new NotSupportedException();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override int Read(Span<byte> into)
    {
        if (_at == _filled)
        {
            _at = 0;
            _filled = (int)Math.Min(_buffer.Length, length - _read);
            file.Read(offset + _read, _buffer.AsSpan(0, _filled));
            _read += _filled;
        }

        int count = Math.Min(into.Length, _filled - _at);
        _buffer.AsSpan(_at, count).CopyTo(into);
        _at += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
