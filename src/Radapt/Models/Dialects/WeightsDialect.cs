using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>Recognises whose weights a checkpoint holds, by its tensors' names and its metadata; a file's name counts for nothing.</summary>
internal static class WeightsDialect
{
    // From the most particular to the most general: the first that matches is taken.
    private static readonly DialectNames[] s_dialects =
    [
        new RadaptNames(), new PeftAdapterNames(), new MedPeftLoraNames(), new MrmNames(), new MaeNames(), new Dinov2Names(), new TimmDinov2Names(),
        new HuggingFaceDinov2Names(), new HuggingFaceVitNames(), new TimmNames(), new PlainEncoderNames(), new UnknownNames(),
    ];

    /// <summary>What forces nothing: the tensors' names decide.</summary>
    public const string Auto = "auto";

    /// <summary>The dialects that can be forced, as <c>--dialect</c> calls them.</summary>
    public static IReadOnlyList<string> Options { get; } = [.. s_dialects.Select(d => d.Option).OfType<string>()];

    /// <summary>Never fails unless a dialect is forced: what is not recognised is <see cref="Dialect.Unknown"/>.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="option">One of <see cref="Options"/>, or <see cref="Auto"/>.</param>
    /// <exception cref="RadaptException">The tensors are not named as in the dialect that is forced, or there is no such dialect.</exception>
    public static RecognisedWeights Recognise(CheckpointFile file, string option = Auto)
    {
        var names = new StateDict(file);
        DialectNames recognised = s_dialects.First(d => d.Matches(names));
        DialectNames dialect = option == Auto ? recognised : Forced(names, option, recognised);
        IReadOnlyDictionary<string, TensorParts>? encoder = dialect.Encoder(names);
        IReadOnlyDictionary<string, string> head = dialect.Head(names);
        IReadOnlyDictionary<string, string> lora = dialect.Lora(names);
        (double mean, double std) = dialect.Normalisation(names);
        return new RecognisedWeights
        {
            Dialect = dialect.Dialect,
            Description = dialect.Describe(names),
            Shape = dialect.Shape(names),
            TellsHeads = dialect.TellsHeads(names),
            EncoderTensors = encoder,
            Head = head,
            Lora = lora,
            LeftOut = encoder is null ? [] : LeftOut(file, dialect, [.. encoder.Values.SelectMany(p => p.Names), .. head.Values, .. lora.Values]),
            Mean = mean,
            Std = std,
            Path = file.Path,
        };
    }

    private static DialectNames Forced(StateDict names, string option, DialectNames recognised)
    {
        DialectNames dialect = s_dialects.FirstOrDefault(d => d.Option == option)
            ?? throw new RadaptException($"--dialect {option}: unknown; one of {Auto}, {string.Join(", ", Options)}.");
        return dialect.CanRead(names) ? dialect
            : throw new RadaptException($"--dialect {option}: the tensors of {names.File.Path} are not named so; it holds {recognised.Describe(names)}. Leave --dialect out.");
    }

    private static List<LeftOutTensors> LeftOut(CheckpointFile file, DialectNames dialect, HashSet<string> used) =>
        [.. file.Tensors.Where(t => !used.Contains(t.Name)).GroupBy(t => dialect.LeftOut(t.Name))
            .Select(g => new LeftOutTensors(g.Key.Group, g.Count(), g.Key.Reason))];
}
