using System.Diagnostics;
using Radapt.Imaging;

namespace Radapt.Datasets.Checks;

/// <summary>Looks for what is wrong with a data set before anything is trained on it.</summary>
internal static class DataCheck
{
    /// <summary>
    /// Reads every image once, on several threads, and keeps a few hundred bytes of each; then compares images and rows with each other.
    /// </summary>
    /// <param name="options">What is to be checked.</param>
    /// <param name="progress">Told after every image; calls come from several threads.</param>
    /// <param name="cancellation">Stops; nothing was written.</param>
    /// <exception cref="RadaptException">A table or list is missing or malformed, or none of its images is there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataCheckReport Run(DataCheckOptions options, IProgress<DataCheckProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var notes = new List<string>();
        CheckedRows rows = CheckedRows.Read(options, notes);
        int[] there = [.. rows.Rows.Where(r => r.Exists).Select(r => r.Image).Distinct()];
        var watch = Stopwatch.StartNew();
        if (PngDepth.Measure([.. there.Select(i => rows.Paths[i])]) is { Bits: < PngDepth.Full } depth)
        {
            options = options with { Decoding = options.Decoding with { PngBits = depth.Bits } };
            notes.Add($"16-bit PNG files use {depth.Bits} bits (the largest sample is {depth.Largest}), and finetune reads them so "
                + "(--png-bits).");
        }

        ImageFacts?[] read = Measure(rows.Paths, there, options, progress, cancellation);
        double seconds = watch.Elapsed.TotalSeconds;

        // The first row of every image that is there stands for it, and everything below is about those.
        CheckedRow[] firsts = [.. rows.Rows.Where(r => r.Exists).DistinctBy(r => r.Image)];
        ImageFacts[] facts = [.. firsts.Select(r => read[r.Image]!)];
        var readable = firsts.Zip(facts).Where(p => p.Second.Error is null).ToArray();
        CheckedPart[] parts = [.. Parts(rows)];
        IReadOnlyList<Shortcut> shortcuts = rows.Findings.Count == 0 ? [] : Shortcuts.Find(
            rows.Findings, [.. readable.Select(p => p.First.Row.Labels)], [.. readable.Select(p => p.First.Row.Patient)],
                [.. readable.Select(p => SourceOf(p.First, p.Second))], options.Data.Seed);
        notes.AddRange(Shortcuts.Doubts(shortcuts));
        int[] sides = [.. readable.Select(p => Math.Min(p.Second.Width, p.Second.Height)).Order()];
        ImageSize[] sizes =
        [
            .. readable.GroupBy(p => (p.Second.Width, p.Second.Height)).Select(g => new ImageSize(g.Key.Width, g.Key.Height, g.Count()))
                .OrderByDescending(s => s.Images).ThenBy(s => s.Width).ThenBy(s => s.Height),
        ];
        var report = new DataCheckReport
        {
            Problems = [],
            Findings = rows.Findings,
            Parts = parts,
            Encodings =
            [
                .. readable.GroupBy(p => (p.Second.Format, p.Second.Channels, p.Second.Bits))
                .Select(g => new ImageEncoding(g.Key.Format, g.Key.Channels, g.Key.Bits, g.Count()))
                    .OrderByDescending(e => e.Images).ThenBy(e => e.Format).ThenBy(e => e.Bits).ThenBy(e => e.Channels),
            ],
            Sizes = [.. sizes.Take(10)],
            DifferentSizes = sizes.Length,
            ShorterSide = sides.Length == 0 ? default : (sides[0], sides[sides.Length / 2], sides[^1]),
            Shortcuts = shortcuts,
            Images = there.Length,
            Readable = readable.Length,
            Seconds = seconds,
            Notes = [.. notes, .. options.Decoding.Remarks.Lines],
        };
        (string, ImageFacts)[] named = [.. readable.Select(p => (p.First.Row.Name, p.Second))];
        DataProblem[] problems =
        [
            .. rows.OfMatching, .. RowProblems.Missing(rows), .. RowProblems.Repeated(rows), .. RowProblems.SharedPatients(rows),
            .. LabelProblems.Constant(rows, parts), .. LabelProblems.Contradictions(rows), .. LabelProblems.Unknown(rows),
            .. firsts.Zip(facts, (row, of) => PictureProblems.Find(row.Row.Name, of)).OfType<DataProblem>(),
            .. PictureProblems.ByHeader(named), .. PictureProblems.OddEncodings(named, report.Encodings),
            .. PictureProblems.OddSizes(named, report),
            .. DuplicateProblems.Find(rows.Findings, firsts, facts, cancellation), .. Shortcuts.Problems(shortcuts),
        ];
        Dictionary<string, string> shown = rows.Rows.DistinctBy(r => r.Row.Name)
            .ToDictionary(r => r.Row.Name, r => r.Shown, StringComparer.Ordinal);
        return report with { Problems = [.. problems.Select(p => Shown(p, shown)).OrderBy(p => p.Severity).ThenBy(p => p.Kind)] };
    }

    // Images that no row has are shown as matching says.
    private static DataProblem Shown(DataProblem problem, Dictionary<string, string> shown) => problem with
    {
        ShownImage = problem.Image is { } image && shown.TryGetValue(image, out string? one) ? one : problem.ShownImage,
        ShownOther = problem.Other is { } other && shown.TryGetValue(other, out string? two) ? two : problem.ShownOther,
    };

    private static ImageFacts?[] Measure(
        IReadOnlyList<string> paths, int[] there, DataCheckOptions options, IProgress<DataCheckProgress>? progress,
            CancellationToken cancellation)
    {
        var facts = new ImageFacts?[paths.Count];
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads > 0 ? options.Threads : Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        Parallel.ForEach(there, parallel, image =>
        {
            facts[image] = ImageFacts.Measure(paths[image], options.Decoding);
            int so = Interlocked.Increment(ref done);
            if (progress is not null)
            {
                double seconds = Math.Max(1e-9, Stopwatch.GetElapsedTime(start).TotalSeconds);
                progress.Report(new DataCheckProgress(so, there.Length, so / seconds,
                    TimeSpan.FromSeconds((there.Length - so) * seconds / so)));
            }
        });
        return facts;
    }

    private static ImageSource SourceOf(CheckedRow row, ImageFacts facts) => new(
        row.Row.View ?? facts.Source.View, row.Equipment
            ?? facts.Source.Manufacturer, facts.Width, facts.Height, $"{facts.Format} {facts.Channels} {facts.Bits}");

    private static IEnumerable<CheckedPart> Parts(CheckedRows rows) =>
        from part in rows.Rows.GroupBy(r => r.Part)
        orderby part.Key
        let items = part.Select(r => new LabelledImage(r.Row.Name, "", r.Row.Patient, r.Row.Labels)).ToArray()
        let patients = items.Select(i => i.Patient).OfType<string>().Distinct(StringComparer.Ordinal).Count()
        select new CheckedPart(part.Key < 0 ? null : Split.Names[part.Key], items.Length, patients > 0 ? patients
            : null, new LabelledImages(rows.Findings, items).CountLabels());
}
