using System.Text;
using Radapt.Tests.Datasets;

namespace Radapt.Tests.Cli;

/// <summary>
/// What the tutorial's reader has: an export of the PACS, a workbook with a cover sheet, tomorrow's images, and a table of their findings
/// as a German Excel saves it.
/// </summary>
internal sealed class TutorialFolder : IDisposable
{
    private static readonly string[] s_columns =
    [
        "Patienten-Nr.", "Name", "Geburtsdatum", "Geschlecht", "Untersuchungsdatum", "Accession", "Kardiomegalie", "Pleuraerguss",
        "Befundtext",
    ];

    public TutorialFolder()
    {
        Hospital = new HospitalFolder(240, 30, 64);
        Workbook.Write(Hospital["befunde.xlsx"],
            ("Deckblatt", [["Studie Röntgen Thorax 2023"], [], ["Ansprechpartner: Dr. Groß"]]),
            ("Befunde", [s_columns, .. Hospital.Images.Select(Row)]));
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        string[][] later = [s_columns, .. Hospital.Later.Select(Row)];
        Hospital.WriteText("later.csv", [.. later.Select(r => r.Select(Quoted).ToArray())], ';', Encoding.GetEncoding(1252));
        string damaged = Path.Combine(Hospital.LaterRoot, Hospital.Later[3].File);
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..^200]);
        File.Copy(Path.Combine(Hospital.Root, "other", "ct"), Path.Combine(Hospital.LaterRoot, "ct"));
    }

    public HospitalFolder Hospital { get; }

    public void Dispose() => Hospital.Dispose();

    private string[] Row(HospitalImage image) =>
    [
        image.Patient, $"Mustermann{image.Number}, Erika", $"0{1 + (image.Number % 9)}.05.1950", image.Number % 2 == 0 ? "w" : "m",
        $"{image.Date:dd.MM.yyyy}", image.Accession, YesNo(image, "Cardiomegaly"), YesNo(image, "Effusion"), "größer; s. Vorbefund",
    ];

    private static string Quoted(string cell) => cell.Contains(';', StringComparison.Ordinal) ? $"\"{cell}\"" : cell;

    private string YesNo(HospitalImage image, string finding) => image.Labels[Hospital.Findings.IndexOf(finding)] == "1" ? "ja" : "nein";
}
