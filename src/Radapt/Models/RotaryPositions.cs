using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Models;

/// <summary>
/// Rotary positions (Su et al., "RoFormer", 2021) in two dimensions: in every head, query and key of a patch are rotated, pair of channels
/// by pair, by angles that grow with its row in one half of the pairs and with its column in the other. Class token, registers and prompts
/// have no place and are not rotated. All angles are computed, none is trained.
/// </summary>
internal sealed class RotaryPositions
{
    private const double Dinov3Base = 100, EvaBase = 10000;

    // EVA-X was trained with 14 x 14 patches; other grids are stretched to that one.
    private const double EvaGrid = 14;

    private readonly BackboneShape _shape;
    private readonly int _channels; // D of a head

    /// <param name="shape">A transformer with rotary positions, a multiple of 4 channels a head.</param>
    public RotaryPositions(BackboneShape shape) => (_shape, _channels) = (shape, shape.Width / shape.Heads);

    /// <summary>
    /// The channel of a head that each is rotated with: half a head away in DINOv3, the neighbour in EVA-02. (D)
    /// </summary>
    public long[] Partners => [.. Enumerable.Range(0, _channels).Select(c => (long)(c + (IsFirst(c) ? Distance : -Distance)))];

    private int Distance => _shape.Positions == PatchPositions.Rotary ? _channels / 2 : 1;

    /// <summary>
    /// Cosines, and sines with the sign that the partner has: a channel x with partner y becomes x cos + y sin.
    /// </summary>
    /// <param name="tokens">N, at least those of the shape; what is behind them is not rotated.</param>
    /// <returns>Both row-major (N, D)</returns>
    public (float[] Cos, float[] Sin) Tables(int tokens)
    {
        var (cos, sin) = (new float[tokens * _channels], new float[tokens * _channels]);
        Array.Fill(cos, 1);
        for (int patch = 0; patch < _shape.Grid * _shape.Grid; patch++)
        {
            int start = (1 + _shape.Registers + patch) * _channels;
            for (int c = 0; c < _channels; c++)
            {
                (double sine, double cosine) = Math.SinCos(Angle(patch / _shape.Grid, patch % _shape.Grid, c));
                (cos[start + c], sin[start + c]) = ((float)cosine, (float)(IsFirst(c) ? -sine : sine));
            }
        }

        return (cos, sin);
    }

    /// <summary>Rotates queries and keys; values stay.</summary>
    /// <param name="qkv">(B, N, 3 C): queries, keys, values, each with its heads side by side</param>
    /// <returns>(B, N, 3 C), of the same type; rotated in float32</returns>
    public Tensor Rotate(Tensor qkv)
    {
        using var scope = NewDisposeScope();
        (long b, long n, long h, long d) = (qkv.shape[0], qkv.shape[1], _shape.Heads, _channels);
        (float[] cosines, float[] sines) = Tables((int)n);
        Tensor cos = tensor(cosines, device: qkv.device).view(n, 1, 1, d);
        Tensor sin = tensor(sines, device: qkv.device).view(n, 1, 1, d);
        Tensor parts = qkv.view(b, n, 3, h, d);
        Tensor turned = parts.narrow(2, 0, 2); // (B, N, 2, H, D)
        Tensor partners = Distance == 1 ? turned.reshape(b, n, 2, h, d / 2, 2).flip(-1).view(b, n, 2, h, d)
            : cat([turned.narrow(-1, d / 2, d / 2), turned.narrow(-1, 0, d / 2)], -1); // (B, N, 2, H, D)
        Tensor rotated = (turned * cos).Plus(partners * sin).to(qkv.dtype);
        return cat([rotated, parts.narrow(2, 2, 1)], 2).view(b, n, 3 * h * d).MoveToOuterDisposeScope();
    }

    /// <summary>Why rotary values that a checkpoint stores are not those that are computed here; null where they are.</summary>
    /// <param name="stored">DINOv3's periods (D / 4), or EVA-02's cosines (grid², D) of the grid of the shape.</param>
    /// <param name="shape">The transformer of the checkpoint.</param>
    public static string? Problem(Tensor stored, BackboneShape shape)
    {
        var own = new RotaryPositions(shape);
        float[] expected = shape.Positions == PatchPositions.Rotary
            ? [.. Enumerable.Range(0, own._channels / 4).Select(j => (float)own.Period(j))]
            : own.Tables(shape.Tokens).Cos[((1 + shape.Registers) * own._channels)..];
        using var scope = NewDisposeScope();
        // DINOv3 stores them in bfloat16, whose numbers have 8 bits.
        bool isSame = stored.numel() == expected.Length
            && allclose(stored.to(ScalarType.Float32).view(-1), tensor(expected), rtol: 1.0 / 256, atol: 1e-3);
        return isSame ? null : "stores rotary positions that differ from those that Radapt computes";
    }

    private bool IsFirst(int channel) => _shape.Positions == PatchPositions.Rotary ? channel < _channels / 2 : channel % 2 == 0;

    // DINOv3: D / 4 angles of the row, D / 4 of the column, and both once more. EVA-02: every angle twice, first those of the row.
    private double Angle(int row, int column, int channel)
    {
        int quarter = _channels / 4;
        if (_shape.Positions == PatchPositions.Rotary)
        {
            int inHalf = channel % (2 * quarter);
            double centre = (2 * ((inHalf < quarter ? row : column) + 0.5) / _shape.Grid) - 1; // of the patch, in [-1, 1]
            return 2 * Math.PI * centre / Period(inHalf % quarter);
        }

        double place = (channel < 2 * quarter ? row : column) * EvaGrid / _shape.Grid;
        return place / Period(channel % (2 * quarter) / 2);
    }

    private double Period(int index) =>
        Math.Pow(_shape.Positions == PatchPositions.Rotary ? Dinov3Base : EvaBase, index / (_channels / 4.0));
}
