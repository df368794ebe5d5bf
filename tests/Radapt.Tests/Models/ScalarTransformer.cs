using Radapt.Models;

namespace Radapt.Tests.Models;

/// <summary>
/// The forward pass of DINOv3 and of EVA-02 in float64, number by number, written from the formulas of their published code and not from
/// Radapt's: what <see cref="VisionTransformer"/> is compared with. Only for tiny models.
/// </summary>
/// <param name="shape">Its dimensions.</param>
/// <param name="weights">Its tensors by Radapt's names, contiguous.</param>
internal sealed class ScalarTransformer(BackboneShape shape, IReadOnlyDictionary<string, float[]> weights)
{
    private readonly int _c = shape.Width, _d = shape.Width / shape.Heads, _first = 1 + shape.Registers;

    public static ScalarTransformer From(VisionTransformer model) => new(model.Shape,
        model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().contiguous().data<float>().ToArray()));

    /// <summary>(S, S) gray -> (N, C) after the final norm.</summary>
    public double[][] Forward(float[] image)
    {
        double[][] tokens = Embed(image);
        for (int block = 0; block < shape.Depth; block++)
        {
            string at = $"blocks.{block}.";
            Add(tokens, Attention(at, [.. tokens.Select(t => Norm(at + "norm1", t))]), at + "ls1.gamma");
            Add(tokens, [.. tokens.Select(t => FeedForward(at + "mlp.", Norm(at + "norm2", t)))], at + "ls2.gamma");
        }

        return [.. tokens.Select(t => Norm("norm", t))];
    }

    // Class token, registers, patches row by row; learned positions on all but the registers.
    private double[][] Embed(float[] image)
    {
        int p = shape.PatchSize;
        var patches = new List<double[]>();
        for (int row = 0; row < shape.Grid; row++)
        {
            for (int column = 0; column < shape.Grid; column++)
            {
                var token = new double[_c];
                for (int c = 0; c < _c; c++)
                {
                    double sum = weights["patch_embed.proj.bias"][c];
                    for (int k = 0; k < 3 * p * p; k++) // (3, P, P), all three colours are the gray value
                    {
                        (int y, int x) = (k % (p * p) / p, k % p);
                        sum += weights["patch_embed.proj.weight"][(c * 3 * p * p) + k]
                            * image[(((row * p) + y) * shape.ImageSize) + (column * p) + x];
                    }

                    token[c] = sum;
                }

                patches.Add(token);
            }
        }

        List<double[]> tokens = [Row("cls_token", 0), .. patches];
        if (weights.ContainsKey("pos_embed"))
        {
            tokens = [.. tokens.Select((t, i) => t.Zip(Row("pos_embed", i), (a, b) => a + b).ToArray())];
        }

        return [tokens[0], .. Enumerable.Range(0, shape.Registers).Select(r => Row("register_tokens", r)), .. tokens[1..]];
    }

    private double[][] Attention(string at, double[][] tokens)
    {
        double[][] qkv = [.. tokens.Select(t => Linear(at + "attn.qkv", t))]; // q heads, k heads, v heads
        var attended = tokens.Select(_ => new double[_c]).ToArray();
        for (int head = 0; head < shape.Heads; head++)
        {
            double[][] Part(int third) => [.. qkv.Select(t => t[((third * _c) + (head * _d))..((third * _c) + ((head + 1) * _d))])];
            double[][] q = [.. Part(0).Select(Rotate)];
            double[][] k = [.. Part(1).Select(Rotate)];
            double[][] v = Part(2);
            for (int i = 0; i < tokens.Length; i++)
            {
                double[] scores = [.. k.Select(key => q[i].Zip(key, (a, b) => a * b).Sum() / Math.Sqrt(_d))];
                double[] weight = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
                for (int j = 0; j < tokens.Length; j++)
                {
                    for (int c = 0; c < _d; c++)
                    {
                        attended[i][(head * _d) + c] += weight[j] / weight.Sum() * v[j][c];
                    }
                }
            }
        }

        return [.. attended.Select(t => Linear(at + "attn.proj", t))];
    }

    private double[] Rotate(double[] x, int token) => token < _first || shape.Positions == PatchPositions.Learned ? x
        : shape.Positions == PatchPositions.Rotary
        ? Dinov3(x, (token - _first) / shape.Grid, (token - _first) % shape.Grid)
        : Eva(x, (token - _first) / shape.Grid, (token - _first) % shape.Grid);

    // transformers' DINOv3ViTRopePositionEmbedding and apply_rotary_pos_emb.
    private double[] Dinov3(double[] x, int row, int column)
    {
        double[] centre = [((row + 0.5) / shape.Grid * 2) - 1, ((column + 0.5) / shape.Grid * 2) - 1];
        double[] frequency = [.. Enumerable.Range(0, _d / 4).Select(j => 1 / Math.Pow(100, 4.0 * j / _d))];
        double[] once = [.. centre.SelectMany(c => frequency.Select(f => 2 * Math.PI * c * f))];
        double[] angle = [.. once, .. once];
        double[] half = [.. x[(_d / 2)..].Select(v => -v), .. x[..(_d / 2)]];
        return [.. x.Select((v, c) => (v * Math.Cos(angle[c])) + (half[c] * Math.Sin(angle[c])))];
    }

    // EVA-02's VisionRotaryEmbeddingFast with pt_seq_len 14 and interpolated frequencies.
    private double[] Eva(double[] x, int row, int column)
    {
        double[] place = [row / (double)shape.Grid * 14, column / (double)shape.Grid * 14];
        int dim = _d / 2;
        double[] frequency = [.. Enumerable.Range(0, dim / 2).Select(j => 1 / Math.Pow(10000, 2.0 * j / dim))];
        double[] angle = [.. place.SelectMany(t => frequency.SelectMany(f => new[] { t * f, t * f }))];
        double[] half = [.. Enumerable.Range(0, _d).Select(c => c % 2 == 0 ? -x[c + 1] : x[c - 1])];
        return [.. x.Select((v, c) => (v * Math.Cos(angle[c])) + (half[c] * Math.Sin(angle[c])))];
    }

    private double[] FeedForward(string at, double[] x)
    {
        if (!shape.SwiGlu)
        {
            return Linear(at + "fc2", [.. Linear(at + "fc1", x).Select(v => v * 0.5 * (1 + Erf(v / Math.Sqrt(2))))]);
        }

        double[] both = Linear(at + "w12", x);
        double[] hidden = [.. both[..shape.HiddenWidth].Zip(both[shape.HiddenWidth..], (gate, v) => gate / (1 + Math.Exp(-gate)) * v)];
        return Linear(at + "w3", shape.HiddenNorm ? Norm(at + "ffn_ln", hidden) : hidden);
    }

    private double[] Linear(string name, double[] x)
    {
        float[] weight = weights[name + ".weight"];
        return [.. weights[name + ".bias"].Select((b, row) => b + x.Select((v, c) => v * weight[(row * x.Length) + c]).Sum())];
    }

    private double[] Norm(string name, double[] x)
    {
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + shape.Epsilon);
        return [.. x.Select((v, c) => ((v - mean) / deviation * weights[name + ".weight"][c]) + weights[name + ".bias"][c])];
    }

    private void Add(double[][] tokens, double[][] branch, string scale)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            for (int c = 0; c < _c; c++)
            {
                tokens[i][c] += branch[i][c] * (shape.LayerScale ? weights[scale][c] : 1);
            }
        }
    }

    private double[] Row(string name, int row) => [.. weights[name].Skip(row * _c).Take(_c).Select(v => (double)v)];

    // Its Taylor series, exact to rounding for |x| < 4.
    private static double Erf(double x)
    {
        double sum = 0;
        double term = x;
        for (int n = 0; n < 120; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
