using Radapt.Compute.Passes;

namespace Radapt.Tests.Compute.Passes;

public unsafe class TranspositionTests
{
    [Theory]
    [InlineData(4, 4)]
    [InlineData(16, 384)]
    [InlineData(5, 67)]
    [InlineData(3, 9)]
    [InlineData(9, 3)]
    [InlineData(1, 1)]
    public void Copy_AnyShape_WritesRowsAsColumnsAndNothingElse(int rows, int columns)
    {
        (int sourceRow, int targetRow) = (columns + 3, rows + 2);
        float[] source = [.. Enumerable.Range(0, rows * sourceRow).Select(i => (float)i)];
        var target = new float[columns * targetRow];
        Array.Fill(target, -1);
        fixed (float* from = source, to = target)
        {
            Transposition.Copy(from, sourceRow, rows, columns, to, targetRow);
        }

        for (int i = 0; i < target.Length; i++)
        {
            (int column, int row) = (i / targetRow, i % targetRow);
            Assert.Equal(row < rows ? (row * sourceRow) + column : -1, target[i]);
        }
    }
}
