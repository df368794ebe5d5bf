using System.Runtime.CompilerServices;

namespace Radapt.Imaging.Dicom.Codecs;

/// <summary>
/// Bits of a JPEG scan, the highest first; stuffed zero bytes are taken out, and a marker ends them (ITU-T T.81, F.2.2.5).
/// </summary>
internal ref struct BitReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private ulong _bits; // the next bits, from the highest
    private int _count;
    private int _at;
    private int _missing; // bits given beyond the end, all zero
    private bool _isDamaged;

    /// <summary>More was asked for than there is, or a code was none.</summary>
    public readonly bool IsExhausted => _isDamaged || _missing > _count;

    /// <summary>Bytes read, up to the marker that ended them.</summary>
    public readonly int Position => _at;

    /// <summary>The next coded difference (T.81, H.1.2.2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Difference(HuffmanTable table)
    {
        int size = Symbol(table);
        return size == 16 ? 32_768 : Value(size);
    }

    /// <summary>The symbol of the next code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        if (_count < 32)
        {
            Fill();
        }

        int entry = table.Lookup[(int)(_bits >> 48)];
        int length = entry >> 8;
        if (length == 0)
        {
            _isDamaged = true;
            length = 16;
        }

        _bits <<= length;
        _count -= length;
        return entry & 0xFF;
    }

    /// <summary>A number of 0 to 15 bits behind a symbol, its sign in the first (T.81, F.2.2.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Value(int size)
    {
        if (size == 0)
        {
            return 0;
        }

        int value = (int)(_bits >> (64 - size));
        _bits <<= size;
        _count -= size;
        return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    /// <summary>Goes on behind the next restart marker.</summary>
    public void Restart()
    {
        _isDamaged |= IsExhausted;
        (_bits, _count, _missing) = (0, 0, 0);
        if (_at + 1 < _data.Length && _data[_at] == 0xFF && _data[_at + 1] is >= 0xD0 and <= 0xD7)
        {
            _at += 2;
        }
        else
        {
            _isDamaged = true;
        }
    }

    private void Fill()
    {
        while (_count <= 56)
        {
            int next = 0;
            if (_at >= _data.Length)
            {
                _missing += 8;
            }
            else if ((next = _data[_at]) != 0xFF)
            {
                _at++;
            }
            else if (_at + 1 < _data.Length && _data[_at + 1] == 0)
            {
                _at += 2;
            }
            else
            {
                next = 0; // a marker
                _missing += 8;
            }

            _bits |= (ulong)next << (56 - _count);
            _count += 8;
        }
    }
}
