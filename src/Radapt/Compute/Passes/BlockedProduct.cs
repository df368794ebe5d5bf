namespace Radapt.Compute.Passes;

/// <summary>
/// A product x B + bias in blocks that fit the caches. B is first copied into panels as wide as a tile, whose numbers are in the order
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

    // For each thread: how many of the last blocks of rows are divided, and into how many groups of columns.
    private const int DividedBlocks = 2;
    private const int GroupsOfColumns = 2;

    // Strips of x at a time, as measured to be fastest: 288 KiB of them with AVX2, half of it with AVX-512.
    private static readonly long s_blockStrips = (TTile.Columns > 16 ? 96 : 192) / TTile.Rows;

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
    /// <param name="order">How B is laid out.</param>
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
        WorkUnits.Share(_panels, _layout.Threads, units =>
        {
            while (units.TryTake(out long panel))
            {
                Pack((int)panel);
            }
        });

        // Threads take blocks of rows. The last blocks are divided into groups of columns, so that no thread works long after the others.
        int threads = _layout.Threads;
        long blocks = (_strips + s_blockStrips - 1) / s_blockStrips;
        long divided = threads == 1 ? 0 : Math.Min(blocks, DividedBlocks * threads);
        long whole = blocks - divided;
        long groups = Math.Min(_panels, GroupsOfColumns * threads);
        WorkUnits.Share(whole + (divided * groups), threads, units =>
        {
            while (units.TryTake(out long unit))
            {
                if (unit < whole)
                {
                    MultiplyBlock(unit, 0, _panels);
                }
                else
                {
                    (long block, long group) = Math.DivRem(unit - whole, groups);
                    MultiplyBlock(whole + block, (int)(group * _panels / groups), (int)((group + 1) * _panels / groups));
                }
            }
        });
    }

    /// <summary>Gives the panels' memory back.</summary>
    public void Dispose() => _memory.Dispose();

    private void MultiplyBlock(long block, int firstPanel, int endPanel)
    {
        long first = block * s_blockStrips;
        long end = Math.Min(first + s_blockStrips, _strips);
        for (int k = 0; k < _layout.Inputs; k += _depth)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                for (long strip = first; strip < end; strip++)
                {
                    MultiplyTile(strip, panel, k);
                }
            }
        }
    }

    // One tile, the terms from k on.
    private void MultiplyTile(long strip, int panel, int k)
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
        }
        else
        {
            MultiplyEdge(a, b, depth, target, rows, columns, start);
        }
    }

    // At an edge a whole tile is computed beside the result, and the part of it that exists goes there.
    private void MultiplyEdge(float* a, float* b, int depth, float* target, int rows, int columns, float* start)
    {
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
                float* source = _b + ((long)first * _layout.Inputs) + k;
                Transposition.Copy(source, _layout.Inputs, columns, depth, target, TTile.Columns);
            }
        }
    }
}
