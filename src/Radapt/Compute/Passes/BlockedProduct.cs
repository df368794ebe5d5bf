namespace Radapt.Compute.Passes;

/// <summary>
/// A product x B + bias in blocks that fit the caches. B is first copied into panels as wide as a tile, whose numbers lie in the order
/// in which tiles read them; for a batch of images that takes a hundredth of the product's time, so no packed copy of a weight is
/// kept. x is read in place. The loops, from the outside: rows (a block of x stays in the second-level cache), k, panels (the part of
/// one stays in the first-level cache), tiles; after Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
/// Owns the panels.
/// </summary>
/// <typeparam name="TTile">What computes a tile.</typeparam>
internal sealed unsafe class BlockedProduct<TTile> : IDisposable
    where TTile : struct, IProductTile
{
    private const int LargestDepth = 384; // terms that a tile adds up at a time: with AVX2 24 KiB of a panel

    // Rows of x at a time, as measured to be fastest: 288 KiB of them with AVX2, half of it with AVX-512.
    private static readonly int s_blockRows = TTile.Columns > 16 ? 96 : 192;

    private readonly ProductPass.Layout _layout;
    private readonly OperandOrder _order;
    private readonly ScratchMemory _memory;
    private readonly float* _x;
    private readonly float* _b;
    private readonly float* _output;
    private readonly long _strips;   // of as many rows as a tile has
    private readonly int _panels;    // of as many columns
    private readonly int _depth;     // of all blocks but the last
    private readonly float* _packed; // of each block of k every panel: (panels, depth, Columns)
    private readonly float* _start;  // the bias, zeros behind it: (panels x Columns)
    private readonly float* _lastStrip; // (Rows, K): the last rows of x, zeros behind them

    /// <param name="x">(M, K)</param>
    /// <param name="b">B</param>
    /// <param name="order">How B lies.</param>
    /// <param name="bias">(N); null: none</param>
    /// <param name="output">(M, N), to be written</param>
    /// <param name="layout">Sizes.</param>
    public BlockedProduct(float* x, float* b, OperandOrder order, float* bias, float* output, ProductPass.Layout layout)
    {
        _x = x;
        _b = b;
        _output = output;
        (_order, _layout) = (order, layout);
        _strips = (layout.Rows + TTile.Rows - 1) / TTile.Rows;
        _panels = (layout.Outputs + TTile.Columns - 1) / TTile.Columns;
        int blocks = (layout.Inputs + LargestDepth - 1) / LargestDepth;
        _depth = (layout.Inputs + blocks - 1) / blocks;
        (long packed, long start, long strip) =
            ((long)_panels * TTile.Columns * layout.Inputs, (long)_panels * TTile.Columns, (long)TTile.Rows * layout.Inputs);
        _memory = ScratchMemory.Rent(ScratchMemory.Padded(packed) + ScratchMemory.Padded(start) + ScratchMemory.Padded(strip));
        _packed = _memory.Take(packed);
        _start = _memory.Take(start);
        new Span<float>(_start, _panels * TTile.Columns).Clear();
        if (bias is not null)
        {
            new ReadOnlySpan<float>(bias, layout.Outputs).CopyTo(new Span<float>(_start, layout.Outputs));
        }

        _lastStrip = _memory.Take(strip);
        long first = (_strips - 1) * TTile.Rows;
        int rows = (int)(layout.Rows - first);
        new ReadOnlySpan<float>(x + (first * layout.Inputs),
            rows * layout.Inputs).CopyTo(new Span<float>(_lastStrip, rows * layout.Inputs));
        new Span<float>(_lastStrip + ((long)rows * layout.Inputs), (TTile.Rows - rows) * layout.Inputs).Clear();
    }

    /// <summary>Computes it.</summary>
    public void Run()
    {
        Share(_panels, panel => Pack((int)panel));
        int parts = Pass.Parts(_layout.Threads);
        long rowParts = Math.Min(parts, ((_strips * TTile.Rows) + s_blockRows - 1) / s_blockRows);
        long columnParts = Math.Min(_panels, (parts + rowParts - 1) / rowParts); // where there are too few rows for all threads
        (long strips, long panels) = ((_strips + rowParts - 1) / rowParts, (_panels + columnParts - 1) / columnParts);
        Share(rowParts * columnParts, part =>
        {
            (long row, long column) = (part / columnParts * strips, part % columnParts * panels);
            Multiply(row, Math.Min(row + strips, _strips), (int)column, (int)Math.Min(column + panels, _panels));
        });
    }

    /// <summary>Gives the panels' memory back.</summary>
    public void Dispose() => _memory.Dispose();

    private void Multiply(long firstStrip, long endStrip, int firstPanel, int endPanel)
    {
        for (long strip = firstStrip; strip < endStrip; strip += s_blockRows / TTile.Rows)
        {
            long end = Math.Min(strip + (s_blockRows / TTile.Rows), endStrip);
            for (int k = 0; k < _layout.Inputs; k += _depth)
            {
                for (int panel = firstPanel; panel < endPanel; panel++)
                {
                    for (long s = strip; s < end; s++)
                    {
                        Multiply(s, panel, k);
                    }
                }
            }
        }
    }

    // One tile, the terms from k on.
    private void Multiply(long strip, int panel, int k)
    {
        int depth = Math.Min(_depth, _layout.Inputs - k);
        float* b = Packed(panel, k, depth);
        float* start = k == 0 ? _start + ((long)panel * TTile.Columns) : null;
        (long row, int column) = (strip * TTile.Rows, panel * TTile.Columns);
        float* target = _output + (row * _layout.Outputs) + column;
        (int rows, int columns) = ((int)Math.Min(TTile.Rows, _layout.Rows - row), Math.Min(TTile.Columns, _layout.Outputs - column));
        float* a = (rows == TTile.Rows ? _x + (row * _layout.Inputs) : _lastStrip) + k;
        if (rows == TTile.Rows && columns == TTile.Columns)
        {
            TTile.Multiply(a, _layout.Inputs, 1, b, depth, target, _layout.Outputs, start);
            return;
        }

        // At an edge a whole tile is computed beside the result, and the part of it that exists goes there.
        float* tile = stackalloc float[TTile.Rows * TTile.Columns];
        for (int i = 0; i < rows && start is null; i++)
        {
            new ReadOnlySpan<float>(target + ((long)i * _layout.Outputs),
                columns).CopyTo(new Span<float>(tile + (i * TTile.Columns), columns));
        }

        TTile.Multiply(a, _layout.Inputs, 1, b, depth, tile, TTile.Columns, start);
        for (int i = 0; i < rows; i++)
        {
            new ReadOnlySpan<float>(tile + (i * TTile.Columns),
                columns).CopyTo(new Span<float>(target + ((long)i * _layout.Outputs), columns));
        }
    }

    private float* Packed(int panel, int k, int depth) =>
        _packed + ((long)k * _panels * TTile.Columns) + ((long)panel * depth * TTile.Columns);

    private void Pack(int panel)
    {
        int first = panel * TTile.Columns;
        int columns = Math.Min(TTile.Columns, _layout.Outputs - first);
        for (int k = 0; k < _layout.Inputs; k += _depth)
        {
            int depth = Math.Min(_depth, _layout.Inputs - k);
            float* target = Packed(panel, k, depth);
            if (columns < TTile.Columns)
            {
                new Span<float>(target, depth * TTile.Columns).Clear();
            }

            if (_order == OperandOrder.Plain)
            {
                for (int i = 0; i < depth; i++)
                {
                    float* source = _b + ((long)(k + i) * _layout.Outputs) + first;
                    new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(target + (i * TTile.Columns), columns));
                }
            }
            else
            {
                for (int c = 0; c < columns; c++)
                {
                    float* source = _b + ((long)(first + c) * _layout.Inputs) + k;
                    for (int i = 0; i < depth; i++)
                    {
                        target[(i * TTile.Columns) + c] = source[i];
                    }
                }
            }
        }
    }

    private void Share(long count, Action<long> work)
    {
        if (_layout.Threads == 1)
        {
            for (long i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = _layout.Threads }, work);
    }
}
