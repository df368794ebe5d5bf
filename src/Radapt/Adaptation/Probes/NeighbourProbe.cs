using Radapt.Compute;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Probes;

/// <summary>
/// Nearest neighbours by cosine similarity of frozen features (Cover and Hart 1967). Their number is chosen per finding by cross-validation
/// over whole patients: the one with the smallest log loss, where no neighbour is of the patient's own fold.
/// </summary>
internal sealed class NeighbourProbe : HeadProbe
{
    private const int Rows = 1024; // images whose similarities are in memory at once

    /// <summary>Numbers of neighbours that are tried.</summary>
    public static IReadOnlyList<int> Counts { get; } = [1, 2, 5, 10, 20, 50, 100, 200];

    /// <inheritdoc/>
    public override string Setting => "neighbours";

    /// <inheritdoc/>
    public override ProbeFit Fit(ProbeData data, CancellationToken cancellation = default)
    {
        using var noGradient = no_grad();
        int[] folds = PatientFolds.Assign(data);
        var outOfFold = new float[data.Labels.Length];
        Array.Fill(outOfFold, float.NaN);
        double?[] chosen;
        using (NewDisposeScope())
        {
            Tensor unit = NeighbourVote.Directions(data.Features, data.Features.mean([0]).to(ScalarType.Float32));
            chosen = [.. Enumerable.Range(0, data.Findings).Select(f => Choose(data, f, unit, folds, outOfFold, cancellation))];
        }

        return new NeighbourFit(data, chosen) { Chosen = chosen, OutOfFold = outOfFold, Folds = folds };
    }

    private static double? Choose(ProbeData data, int finding, Tensor unit, int[] folds, float[] outOfFold, CancellationToken cancellation)
    {
        (long[] images, double[] labels) = data.Known(finding);
        if (images.Length < 2)
        {
            return null;
        }

        (long[] Left, long[] Others)[] sides = [.. PatientFolds.Sides([.. images.Select(i => folds[i])])];
        if (sides.Length == 0)
        {
            return 1; // one patient: nothing to choose by
        }

        int[] counts = [.. Counts.Where(c => c <= sides.Min(s => s.Others.Length))];
        var losses = new double[counts.Length];
        var logits = new float[counts.Length][];
        for (int c = 0; c < counts.Length; c++)
        {
            logits[c] = new float[images.Length];
        }

        using var scope = NewDisposeScope();
        Tensor known = unit[tensor(images)];
        var scored = new List<int>();
        foreach ((long[] left, long[] others) in sides)
        {
            Tensor rest = known[tensor(others)];
            double[] votes = [.. others.Select(o => labels[o])];
            Tensor voters = tensor(votes.Select(v => (float)v).ToArray());
            double share = NeighbourVote.Share(votes);
            foreach (long[] rows in left.Chunk(Rows))
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                Tensor[] all = NeighbourVote.Vote(known[tensor(rows)].matmul(rest.t()), voters, counts, share);
                for (int c = 0; c < counts.Length; c++)
                {
                    foreach ((int r, float logit) in all[c].data<float>().ToArray().Index())
                    {
                        logits[c][rows[r]] = logit;
                        double wrong = labels[rows[r]] == 1 ? -logit : logit;
                        losses[c] += Math.Max(wrong, 0) + Math.Log(1 + Math.Exp(-Math.Abs(wrong)));
                    }
                }

                scored.AddRange(rows.Select(r => (int)r));
            }
        }

        int best = Array.IndexOf(losses, losses.Min());
        foreach (int i in scored)
        {
            outOfFold[(images[i] * data.Findings) + finding] = logits[best][i];
        }

        return counts[best];
    }
}
