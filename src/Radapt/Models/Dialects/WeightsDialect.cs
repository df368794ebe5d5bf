using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Recognises whose weights a checkpoint holds, by its tensors' names and its metadata; a file's name counts for nothing.</summary>
internal static class WeightsDialect
{
    // From the most particular to the most general: the first that matches is taken.
    private static readonly DialectNames[] s_dialects =
    [
        new RadaptNames(), new MedPeftLoraNames(), new MrmNames(), new MaeNames(), new Dinov2Names(), new TimmDinov2Names(),
        new HuggingFaceDinov2Names(), new HuggingFaceVitNames(), new TimmNames(), new PlainEncoderNames(), new UnknownNames(),
    ];

    /// <summary>Never fails: what is not recognised is <see cref="Dialect.Unknown"/>.</summary>
    public static RecognisedWeights Recognise(CheckpointFile file)
    {
        var names = new StateDict(file);
        DialectNames dialect = s_dialects.First(d => d.Matches(names));
        IReadOnlyDictionary<string, string>? encoder = dialect.Encoder(names);
        IReadOnlyDictionary<string, string> head = dialect.Head(names);
        IReadOnlyDictionary<string, string> lora = dialect.Lora(names);
        (double mean, double std) = dialect.Normalisation(names);
        return new RecognisedWeights
        {
            Dialect = dialect.Dialect,
            Description = dialect.Describe(names),
            Shape = dialect.Shape(names),
            EncoderNames = encoder,
            Head = head,
            Lora = lora,
            LeftOut = encoder is null ? [] : LeftOut(file, dialect, [.. encoder.Values, .. head.Values, .. lora.Values]),
            Mean = mean,
            Std = std,
            Path = file.Path,
        };
    }

    private static List<LeftOutTensors> LeftOut(CheckpointFile file, DialectNames dialect, HashSet<string> used) =>
        [.. file.Tensors.Where(t => !used.Contains(t.Name)).GroupBy(t => dialect.LeftOut(t.Name))
            .Select(g => new LeftOutTensors(g.Key.Group, g.Count(), g.Key.Reason))];
}
