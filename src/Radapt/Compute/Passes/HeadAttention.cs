using System.Runtime.CompilerServices;

namespace Radapt.Compute.Passes;

/// <summary>
/// Attention of one head, some queries at a time, in memory of its own that fits the second-level cache. That memory is made of whole
/// tiles; what is beyond the tokens is zero where it is read as a sum's terms, and never copied out.
/// </summary>
/// <typeparam name="TTile">What computes a tile of a product.</typeparam>
/// <typeparam name="V">The numbers that are computed with at once elsewhere.</typeparam>
internal sealed unsafe class HeadAttention<TTile, V> : IDisposable
    where TTile : struct, IProductTile
    where V : struct, ILanes<V>
{
    private const int MostQueries = 96; // at a time: their scores take 80 KiB with 197 tokens

    private readonly int _tokens;
    private readonly int _width;
    private readonly int _channels;
    private readonly float _scale;
    private readonly int _allTokens; // N up to whole tiles, in rows and in columns
    private readonly ScratchMemory _memory;

    private readonly float* _zeros;      // (Columns)
    private readonly float* _block;      // (queries, C/H): queries of the block, later its results
    private readonly float* _above;      // (queries, C/H): gradients of its outputs
    private readonly float* _scores;     // (queries, all tokens): also the probabilities
    private readonly float* _gradients;  // (queries, all tokens): of the probabilities, later of the scores
    private readonly float* _keys;       // panels over tokens: (C/H, Columns) each
    private readonly float* _values;     // panels over tokens
    private readonly float* _keyRows;    // panels over channels: (tokens, Columns) each
    private readonly float* _valueRows;  // panels over channels
    private readonly float* _blockRows;  // panels over channels of the block's queries: (queries, Columns) each
    private readonly float* _aboveRows;  // panels over channels of the block's gradients
    private readonly float* _ofKeys;     // (all tokens, C/H)
    private readonly float* _ofValues;   // (all tokens, C/H)

    /// <param name="layout">Sizes.</param>
    public HeadAttention(AttentionPass.Layout layout)
    {
        (_tokens, _width, _channels, _scale) = (layout.Tokens, layout.Width, layout.Channels, layout.Scale);
        _allTokens = Math.Max(Up(_tokens, TTile.Rows), Up(_tokens, Math.Max(TTile.Columns, Pass.Lanes)));
        int queries = Up(MostQueries, TTile.Rows);
        _memory = ScratchMemory.Rent(
            ScratchMemory.Padded(TTile.Columns) + (4L * ScratchMemory.Padded(queries * _width)) + (2L * ScratchMemory.Padded(
                queries * _allTokens))
            + (4L * ScratchMemory.Padded(_allTokens * _width)) + (2L * ScratchMemory.Padded(_tokens * _width)));
        _zeros = Allocate(TTile.Columns);
        _block = Allocate(queries * _width);
        _above = Allocate(queries * _width);
        _scores = Allocate(queries * _allTokens);
        _gradients = Allocate(queries * _allTokens);
        _keys = Allocate(_allTokens * _width);
        _values = Allocate(_allTokens * _width);
        _keyRows = Allocate(_tokens * _width);
        _valueRows = Allocate(_tokens * _width);
        _blockRows = Allocate(queries * _width);
        _aboveRows = Allocate(queries * _width);
        _ofKeys = Allocate(_allTokens * _width);
        _ofValues = Allocate(_allTokens * _width);
    }

    /// <summary>output = softmax(scale Q K^T) V.</summary>
    /// <param name="qkv">The head's first query; its keys and values C and 2 C numbers on.</param>
    /// <param name="output">The head's first result.</param>
    public void Apply(float* qkv, float* output)
    {
        PackTokens(qkv + _channels, _keys);
        PackChannels(qkv + (2 * _channels), 3 * _channels, _tokens, _valueRows);
        for (int first = 0; first < _tokens; first += MostQueries)
        {
            int queries = Math.Min(MostQueries, _tokens - first);
            Probabilities(qkv, first, queries);
            Multiply(_scores, _allTokens, 1, queries, _valueRows, _width, _tokens, _block, _width, add: false); // P V
            Write(_block, queries, output + ((long)first * _channels), _channels);
        }
    }

    /// <summary>The gradient of <see cref="Apply"/>.</summary>
    /// <param name="qkv">As there.</param>
    /// <param name="above">The gradient of the head's first result.</param>
    /// <param name="gradient">That of its first query; of its keys and values C and 2 C numbers on.</param>
    public void Differentiate(float* qkv, float* above, float* gradient)
    {
        PackTokens(qkv + _channels, _keys);
        PackTokens(qkv + (2 * _channels), _values);
        PackChannels(qkv + _channels, 3 * _channels, _tokens, _keyRows);
        for (int first = 0; first < _tokens; first += MostQueries)
        {
            int queries = Math.Min(MostQueries, _tokens - first);
            float* blockAbove = above + ((long)first * _channels);
            Probabilities(qkv, first, queries);
            Read(blockAbove, _channels, queries, _above);
            Multiply(_above, _width, 1, queries, _values, _allTokens, _width, _gradients, _allTokens, add: false); // dP = dO V^T
            PackChannels(blockAbove, _channels, queries, _aboveRows);
            Multiply(_scores, 1, _allTokens, _tokens, _aboveRows, _width, queries, _ofValues, _width, add: first > 0); // dV += P^T dO
            for (int i = 0; i < queries; i++)
            {
                DifferentiateSoftmax(_gradients + (i * _allTokens), _scores + (i * _allTokens));
            }

            PackChannels(qkv + ((long)first * 3 * _channels), 3 * _channels, queries, _blockRows);
            Multiply(_gradients, 1, _allTokens, _tokens, _blockRows, _width, queries, _ofKeys, _width, add: first > 0); // dK += dS^T Q
            Multiply(_gradients, _allTokens, 1, queries, _keyRows, _width, _tokens, _block, _width, add: false); // dQ = dS K
            Write(_block, queries, gradient + ((long)first * 3 * _channels), 3 * _channels);
        }

        Write(_ofKeys, _tokens, gradient + _channels, 3 * _channels);
        Write(_ofValues, _tokens, gradient + (2 * _channels), 3 * _channels);
    }

    /// <summary>Gives its memory back.</summary>
    public void Dispose() => _memory.Dispose();

    // The scores' rows become softmax(scale Q K^T) of the block.
    private void Probabilities(float* qkv, int first, int queries)
    {
        Read(qkv + ((long)first * 3 * _channels), 3 * _channels, queries, _block);
        Multiply(_block, _width, 1, queries, _keys, _allTokens, _width, _scores, _allTokens, add: false);
        for (int i = 0; i < queries; i++)
        {
            Softmax(_scores + (i * _allTokens));
        }
    }

    // c (rows, columns) = a (rows, depth) B, all tiles of it; rows of a beyond the last are read as they are.
    private void Multiply(float* a, int aRow, int aStep, int rows, float* panels, int columns, int depth, float* c, int cRow, bool add)
    {
        for (int column = 0; column + TTile.Columns <= columns; column += TTile.Columns)
        {
            for (int row = 0; row < rows; row += TTile.Rows)
            {
                TTile.Multiply(a + ((nint)row * aRow), aRow, aStep, panels + (column * depth), depth, c + (row * cRow) + column, cRow, add
                    ? null : _zeros);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private void Softmax(float* row)
    {
        int end = Up(_tokens, Pass.Lanes);
        new Span<float>(row + _tokens, end - _tokens).Fill(float.NegativeInfinity);
        V factor = V.Create(_scale);
        V largest = V.Create(float.NegativeInfinity);
        for (int i = 0; i < end; i += Pass.Lanes)
        {
            V x = V.Load(row + i) * factor;
            V.Store(x, row + i);
            largest = V.Max(largest, x);
        }

        V maximum = V.Create(Lanes<V>.Max(largest));
        V sum = V.Create(0);
        for (int i = 0; i < end; i += Pass.Lanes)
        {
            V e = SoftmaxPass.Exponential(V.Load(row + i) - maximum); // 1e-38 beyond the tokens: nothing beside the largest, which is 1
            V.Store(e, row + i);
            sum += e;
        }

        V share = V.Create(1 / Lanes<V>.Sum(sum));
        for (int i = 0; i < end; i += Pass.Lanes)
        {
            V.Store(V.Load(row + i) * share, row + i);
        }
    }

    // Gradients of probabilities p become those of the scores: scale p (g - sum of g p).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on
    private void DifferentiateSoftmax(float* gradient, float* probabilities)
    {
        int end = Up(_tokens, Pass.Lanes);
        new Span<float>(gradient + _tokens, end - _tokens).Clear();
        V sum = V.Create(0);
        for (int i = 0; i < end; i += Pass.Lanes)
        {
            sum = V.MultiplyAdd(V.Load(gradient + i), V.Load(probabilities + i), sum);
        }

        (V mean, V factor) = (V.Create(Lanes<V>.Sum(sum)), V.Create(_scale));
        for (int i = 0; i < end; i += Pass.Lanes)
        {
            V.Store((V.Load(gradient + i) - mean) * V.Load(probabilities + i) * factor, gradient + i);
        }
    }

    // The transpose of (tokens, C/H) in panels over tokens, zeros beyond the last.
    private void PackTokens(float* rows, float* panels)
    {
        for (int token = 0; token < _tokens; token += TTile.Columns)
        {
            int count = Math.Min(TTile.Columns, _tokens - token);
            Transposition.Copy(
                rows + ((long)token * 3 * _channels), 3 * _channels, count, _width, panels + (token * _width), TTile.Columns);
        }
    }

    // (count, C/H) in panels over channels.
    private void PackChannels(float* rows, int stride, int count, float* panels)
    {
        for (int column = 0; column < _width; column += TTile.Columns)
        {
            for (int i = 0; i < count; i++)
            {
                new ReadOnlySpan<float>(rows + ((long)i * stride) + column, TTile.Columns)
                    .CopyTo(new Span<float>(panels + (((column / TTile.Columns * count) + i) * TTile.Columns), TTile.Columns));
            }
        }
    }

    private void Read(float* rows, int stride, int count, float* target)
    {
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(rows + ((long)i * stride), _width).CopyTo(new Span<float>(target + (i * _width), _width));
        }
    }

    private void Write(float* source, int count, float* rows, int stride)
    {
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<float>(source + (i * _width), _width).CopyTo(new Span<float>(rows + ((long)i * stride), _width));
        }
    }

    private float* Allocate(int numbers)
    {
        float* address = _memory.Take(numbers);
        new Span<float>(address, numbers).Clear();
        return address;
    }

    private static int Up(int number, int unit) => (number + unit - 1) / unit * unit;
}
