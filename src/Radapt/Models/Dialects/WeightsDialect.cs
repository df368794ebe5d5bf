using Radapt.Checkpoints;

namespace Radapt.Models.Dialects;

/// <summary>
/// Recognises whose weights a checkpoint holds, by its tensors' names and its metadata; a file's name counts for nothing.
/// </summary>
internal static class WeightsDialect
{
    // From the most particular to the most general: the first that matches is taken.
    private static readonly DialectNames[] s_dialects =
    [
        new RadaptNames(), new PeftAdapterNames(), new Dinov3Names(), new HuggingFaceDinov3Names(), new EvaNames(),
        new ForeignArchitectureNames(), new MedPeftLoraNames(), new MrmNames(), new MaeNames(),
            new Dinov2Names(), new TimmDinov2Names(),
        new HuggingFaceDinov2Names(), new HuggingFaceVitNames(), new TimmNames(), new PlainEncoderNames(), new UnknownNames(),
    ];

    /// <summary>What forces nothing: the tensors' names decide.</summary>
    public const string Auto = "auto";

    /// <summary>The dialects that can be forced, as <c>--dialect</c> calls them.</summary>
    public static IReadOnlyList<string> Options { get; } = [.. s_dialects.Select(d => d.Option).OfType<string>()];

    /// <summary>Never fails unless a dialect is forced: what is not recognised is <see cref="Dialect.Unknown"/>.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="option">One of <see cref="Options"/>, or <see cref="Auto"/>.</param>
    /// <param name="copy">Which of several encoders, see <see cref="EncoderCopies.Choose"/>.</param>
    /// <exception cref="RadaptException">The tensors are not named as in the dialect that is forced, or there is no such dialect or
    /// copy.</exception>
    public static RecognisedWeights Recognise(CheckpointFile file, string option = Auto, string copy = EncoderCopies.Auto)
    {
        var names = new StateDict(file, copy);
        DialectNames recognised = s_dialects.First(d => d.Matches(names));
        DialectNames dialect = option == Auto ? recognised : Forced(names, option, recognised);
        IReadOnlyDictionary<string, TensorParts>? encoder = dialect.Encoder(names);
        IReadOnlyDictionary<string, string> head = dialect.Head(names);
        IReadOnlyDictionary<string, string> lora = dialect.Lora(names);
        ToldPreparation? told = dialect.Preparation(names);
        (double mean, double std) = told is null ? dialect.Normalisation(names) : (told.Mean, told.Std);
        HashSet<string> used = [.. encoder?.Values.SelectMany(p => p.Names) ?? [], .. head.Values, .. lora.Values];
        string? problem = encoder is null || dialect.Dialect == Dialect.Radapt ? null
            : Unsupported(UnsupportedTensors.Find(names, dialect, used)) ?? dialect.Problem(names);
        return new RecognisedWeights
        {
            Dialect = dialect.Dialect,
            Description = dialect.Describe(names),
            Shape = dialect.Shape(names),
            TellsHeads = dialect.TellsHeads(names),
            EncoderTensors = problem is null ? encoder : null,
            Problem = problem,
            Preparation = told,
            Resizing = dialect.Resizing(names, isForced: option != Auto),
            StoredRotation = dialect.StoredRotation(names),
            MasksKeyBias = dialect.MasksKeyBias(names),
            Copies = names.Copies,
            Copy = names.Copy,
            Head = head,
            Lora = lora,
            LeftOut = encoder is null ? [] : LeftOut(names, dialect, used),
            Mean = mean,
            Std = std,
            Path = file.Path,
        };
    }

    private static DialectNames Forced(StateDict names, string option, DialectNames recognised)
    {
        DialectNames dialect = s_dialects.FirstOrDefault(d => d.Option == option)
            ?? throw new RadaptException($"--dialect {option}: this dialect is unknown; choose one of {Auto}, {string.Join(", ", Options)}.");
        return dialect.CanRead(names) ? dialect
            : throw new RadaptException(
                $"--dialect {option}: the tensors of {names.File.Path} do not have such names; the file contains {recognised.Describe(names)}. "
                    + "Leave --dialect out.");
    }

    private static string? Unsupported(IReadOnlyList<string> tensors) => tensors.Count == 0 ? null
        : "has tensors that change what the encoder computes and that Radapt's transformer does not have: "
            + Listing.First(5, tensors);

    private static List<LeftOutTensors> LeftOut(StateDict names, DialectNames dialect, HashSet<string> used)
    {
        EncoderCopy[] others = [.. names.Copies.Where(c => c != names.Copy && c.Prefix.Length > 0)];
        (string, string) GroupOf(string name) =>
            others.FirstOrDefault(c => name.StartsWith(c.Prefix, StringComparison.Ordinal)) is { } other
            ? ($"the copy {other.Name}", $"{names.Copy?.Name} is read") : dialect.LeftOut(name);
        return [.. names.File.Tensors.Where(t => !used.Contains(t.Name)).GroupBy(t => GroupOf(t.Name))
            .Select(g => new LeftOutTensors(g.Key.Item1, g.Count(), g.Key.Item2)),
            .. names.File.Unread.GroupBy(u => u.Type)
            .Select(g => new LeftOutTensors($"tensors of element type {g.Key}", g.Count(), "Radapt does not read such elements"))];
    }
}
