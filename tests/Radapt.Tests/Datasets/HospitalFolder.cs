using Radapt.Datasets.Phantoms;
using Radapt.Imaging;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Datasets;

/// <summary>One frontal image of a hospital: whose it is, and what a spreadsheet says of it.</summary>
/// <param name="Number">From 0.</param>
/// <param name="File">Path relative to the folder.</param>
/// <param name="Labels">A label per finding, as the phantoms have them.</param>
internal sealed record HospitalImage(int Number, string File, string[] Labels)
{
    /// <summary>Every third patient has two examinations.</summary>
    public string Patient => $"PAT{4711_000 + (Number / 4 * 3) + Math.Min(Number % 4, 2)}";

    public string Name => $"Mustermann{Number}^Erika";

    public string Accession => $"00ACC{7700 + Number}";

    public string Uid => $"1.2.826.0.1.3680043.{Number}.1";

    /// <summary>Day of the examination, another for each image.</summary>
    public DateOnly Date => new DateOnly(2023, 1, 1).AddDays(Number);

    public string View => Number % 5 == 0 ? "AP" : "PA";
}

/// <summary>
/// Phantoms as a PACS exports them: DICOM files in folders, without endings, of several transfer syntaxes; a lateral view for every sixth
/// image, a CT, a mammogram,
/// a multi-frame file, a report without pixels and a damaged file beside them. Nothing but headers tells patients.
/// </summary>
internal sealed class HospitalFolder : IDisposable
{
    public const int Count = 60;
    public const int Laterals = 10;

    private static readonly string[] s_syntaxes = ["explicit", "implicit", "rle", "jpeg-lossless", "deflated", "big-endian"];
    private readonly TemporaryFolder _folder = new();

    /// <param name="count">Frontal images of the export.</param>
    /// <param name="later">Frontal images that come later, in <see cref="LaterRoot"/>.</param>
    /// <param name="size">Pixels of a side.</param>
    public HospitalFolder(int count = Count, int later = 0, int size = 20)
    {
        PhantomSet.Write(_folder["phantoms"], new PhantomOptions
        {
            Count = count + later,
            Size = size,
            Seed = 1,
            Difficulty = PhantomDifficulty.Easy,
            Findings = [PhantomFinding.Effusion, PhantomFinding.Cardiomegaly],
        });
        string[][] table = [.. File.ReadAllLines(_folder["phantoms/labels.csv"]).Select(l => l.Split(','))];
        Findings = table[0][3..];
        foreach (string[] row in table[1..])
        {
            int number = Images.Count + Later.Count;
            var image = new HospitalImage(number, $"disc{number % 3}/study{number:000}/IM{number:0000}", row[3..]);
            (number < count ? Images : Later).Add(image);
            string folder = number < count ? Root : LaterRoot;
            Radiograph phantom = RadiographReader.Read(System.IO.Path.Combine(_folder["phantoms"], row[0]));
            DicomPhantom dicom = DicomPhantom.Draw(phantom.Pixels, phantom.Width, 12) with
            {
                PatientId = image.Patient,
                PatientName = image.Name,
                Accession = image.Accession,
                StudyUid = $"1.2.826.0.1.3680043.{image.Number}",
                InstanceUid = image.Uid,
                StudyDate = image.Date.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture),
                View = image.View,
                Modality = image.Number % 7 == 0 ? "CR" : "DX",
                Window = (2048, 4096),
            };
            Put(folder, image.File, dicom.ToFile(s_syntaxes[image.Number % s_syntaxes.Length]));
            if (image.Number % 6 == 0)
            {
                Put(folder, image.File + "L", (dicom with { InstanceUid = image.Uid + ".2", View = "LL" }).ToFile("explicit"));
            }

            if (image.Number == 1)
            {
                Put(Root, "other/ct", (dicom with { InstanceUid = "1.9.1", Modality = "CT", Accession = "00ACC8801" }).ToFile("explicit"));
                Put(Root, "other/mg", (dicom with { InstanceUid = "1.9.2", Modality = "MG", Accession = "00ACC8802" }).ToFile("explicit"));
                Put(Root, "other/cine", (dicom with { InstanceUid = "1.9.3", Frames = 3, Accession = "00ACC8803" }).ToFile("explicit"));
            }
        }

        Put(Root, "other/report", new DicomWriter().Text(Radapt.Imaging.Dicom.DicomTag.Modality, "CS", "SR")
            .ToFile(DicomWriter.ExplicitLittleEndian));
        Put(Root, "other/broken.dcm", "no image"u8.ToArray());
        Put(Root, "other/readme.txt", "not an image"u8.ToArray());
        Directory.Delete(_folder["phantoms"], recursive: true);
    }

    /// <summary>Where everything is.</summary>
    public string Path => _folder.Path;

    /// <summary>The image root.</summary>
    public string Root => _folder["export"];

    /// <summary>The folder of later images.</summary>
    public string LaterRoot => _folder["tomorrow"];

    public string[] Findings { get; }

    public List<HospitalImage> Images { get; } = [];

    public List<HospitalImage> Later { get; } = [];

    /// <summary>What must never be seen outside of the folder itself.</summary>
    public IEnumerable<string> Secrets => Images.SelectMany(i => new[] { i.Patient, i.Accession, i.Name.Split('^')[0] }).Append("Erika");

    public string this[string name] => _folder[name];

    /// <summary>A table with a row per frontal image: one column that names it, others that do not, and the findings.</summary>
    public string[][] Table(Func<HospitalImage, string> key, string column = "Untersuchung") =>
    [
        ["lfd", column, "Alter", .. Findings],
        .. Images.Select(i => (string[])[$"{i.Number + 100}", key(i), $"{40 + (i.Number % 30)}", .. i.Labels]),
    ];

    public string WriteText(string name, string[][] rows, char delimiter = ';', System.Text.Encoding? encoding = null)
    {
        File.WriteAllText(_folder[name], string.Concat(rows.Select(r => string.Join(delimiter, r) + "\r\n")), encoding
            ?? new System.Text.UTF8Encoding(false));
        return _folder[name];
    }

    public string WriteWorkbook(string name, string[][] rows)
    {
        Workbook.Write(_folder[name], ("Befunde", rows), ("Legende", [["0", "nein"], ["1", "ja"]]));
        return _folder[name];
    }

    public void Dispose() => _folder.Dispose();

    private static void Put(string folder, string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(folder, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
