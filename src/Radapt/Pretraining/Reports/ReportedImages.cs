using Radapt.Datasets;

namespace Radapt.Pretraining.Reports;

/// <summary>Images with reports: those that are frontal radiographs, in what is learned from and what is held out.</summary>
/// <param name="Images">The images in their parts.</param>
/// <param name="Paths">Paths of all images of the table.</param>
/// <param name="Reports">Their reports.</param>
internal sealed record ReportedImages(UnlabelledImages Images, IReadOnlyList<string> Paths, IReadOnlyList<string> Reports)
{
    /// <summary>Reports of the images that are learned from.</summary>
    public IEnumerable<string> TrainReports
    {
        get
        {
            HashSet<string> learned = [.. Images.Train.Items.Select(i => i.Path)];
            return Paths.Zip(Reports).Where(r => learned.Contains(r.First)).Select(r => r.Second);
        }
    }

    /// <summary>Whether reports name sides of the body, which a mirrored image contradicts.</summary>
    public bool NameSides => SidedFindings.First(TrainReports) is not null;

    /// <summary>Reads the table and the headers of its images; nothing is decoded.</summary>
    /// <param name="reports">The table.</param>
    /// <param name="options">Which images are held out or left out.</param>
    /// <param name="data">Image root, views, names in messages.</param>
    /// <param name="seed">Of the draw of held-out images.</param>
    /// <param name="headers">Told how many headers were read, of how many; calls come from several threads.</param>
    /// <exception cref="RadaptException">The table or its images cannot be used.</exception>
    public static ReportedImages Read(string? reports, UnlabelledOptions options, DataOptions data, long seed,
        IProgress<(int Read, int Files)>? headers)
    {
        if (reports is null)
        {
            throw new RadaptException("There are no reports to learn from; name a table: radapt pretrain mrm REPORTS.csv.");
        }

        var notes = new List<string>();
        IReadOnlyList<ReportedImage> records = ReportTable.Read(reports, data.ImageRoot, data.AllowMissingImages, data.PlainNames, notes);
        UnlabelledImages images = UnlabelledImages.FromRecords(records, options, data, seed, headers, notes);
        return new ReportedImages(images, [.. records.Select(r => r.Image.Path)], [.. records.Select(r => r.Report)]);
    }
}
