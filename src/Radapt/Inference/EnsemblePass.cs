using Radapt.Batching;

namespace Radapt.Inference;

/// <summary>
/// Images through one model or several. Every image is decoded once for all models that prepare images alike. The probabilities are
/// averaged; a single model's logits stay as they are.
/// </summary>
internal static class EnsemblePass
{
    /// <summary>Batches with the logits of the mean probability of all models; a batch is the caller's until the next one is asked
    /// for.</summary>
    /// <param name="models">The models, grouped by how they prepare images, with the same images prepared so, in batches of one
    /// size.</param>
    /// <param name="findings">F.</param>
    /// <param name="unreadable">What becomes of images that cannot be read.</param>
    /// <param name="cancellation">Ends the pass.</param>
    public static IEnumerable<ScoredBatch> Run(IReadOnlyList<(ImageBatches Images, IReadOnlyList<Predictor> Models)> models, int findings,
        UnreadableImages unreadable, CancellationToken cancellation)
    {
        var passes = new List<IEnumerator<ImageBatch>>();
        try
        {
            passes.AddRange(models.Select(m => m.Images.Evaluation(unreadable, cancellation: cancellation).GetEnumerator()));
            while (passes.TrueForAll(p => p.MoveNext()))
            {
                var logits = new List<float[]>();
                for (int group = models.Count - 1; group > 0; group--)
                {
                    using ImageBatch other = passes[group].Current;
                    logits.AddRange(models[group].Models.Select(m => m.Logits(other)));
                }

                using ImageBatch batch = passes[0].Current;
                logits.AddRange(models[0].Models.Select(m => m.Logits(batch)));
                (float[] mean, float[]? deviations) = Average(logits, batch.Count * findings);
                yield return new ScoredBatch(batch, mean, deviations);
            }
        }
        finally
        {
            passes.ForEach(p => p.Dispose());
        }
    }

    /// <summary>Logits of the mean probabilities of several models, and the standard deviations of these; of one model, its own.</summary>
    /// <param name="logits">Of every model.</param>
    /// <param name="count">How many each has that count.</param>
    public static (float[] Mean, float[]? Deviations) Average(IReadOnlyList<float[]> logits, int count)
    {
        if (logits.Count == 1)
        {
            return (logits[0], null);
        }

        var mean = new float[count];
        var deviations = new float[count];
        Span<double> present = stackalloc double[logits.Count];
        for (int i = 0; i < count; i++)
        {
            double absent = 0; // summed apart, since 1 - p would lose what is left of it where p is close to 1
            double sum = 0;
            for (int m = 0; m < present.Length; m++)
            {
                present[m] = Scoring.Probability(logits[m][i]);
                sum += present[m];
                absent += Scoring.Probability(-logits[m][i]);
            }

            mean[i] = (float)(Math.Log(sum) - Math.Log(absent));
            double squares = 0;
            foreach (double p in present)
            {
                squares += (p - (sum / present.Length)) * (p - (sum / present.Length));
            }

            deviations[i] = (float)Math.Sqrt(squares / (present.Length - 1));
        }

        return (mean, deviations);
    }
}

/// <summary>A batch and what the models say of it.</summary>
/// <param name="Batch">The images.</param>
/// <param name="Logits">(B, F) row-major: before the sigmoid; of several models, the logits of their mean probabilities.</param>
/// <param name="Deviations">(B, F): standard deviation of the models' probabilities; null: one model.</param>
internal readonly record struct ScoredBatch(ImageBatch Batch, float[] Logits, float[]? Deviations);
