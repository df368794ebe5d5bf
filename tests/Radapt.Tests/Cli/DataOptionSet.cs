using Radapt.Compute;
using Radapt.TestData.Dicom;
using Radapt.Tests.Datasets;
using Radapt.Tests.Imaging;

namespace Radapt.Tests.Cli;

/// <summary>Small images, and a table or list for every option that says which images and labels are meant.</summary>
internal sealed class DataOptionSet : IDisposable
{
    private const int Count = 60;
    private const int Side = 16;

    private readonly TemporaryFolder _folder = new();

    public DataOptionSet()
    {
        Directory.CreateDirectory(_folder["images"]);
        Directory.CreateDirectory(_folder["dicom"]);
        Directory.CreateDirectory(_folder["away"]);
        for (int i = 0; i < Count; i++)
        {
            var random = new KeyedRandom(i, RandomPurpose.Phantom);
            byte[] pixels = [.. Enumerable.Range(0, Side * Side).Select(_ => (byte)random.NextInt32(256))];
            File.WriteAllBytes(_folder[$"images/{Name(i)}"], TestImages.Png(pixels, Side, Side, 1));
            File.WriteAllBytes(_folder[$"dicom/{i}.dcm"], (DicomPhantom.Draw(pixels, Side, 12) with
            {
                Accession = $"ACC{1000 + (i / 2)}", // two images of each examination
                PatientId = $"P{i / 2}",
                StudyUid = $"1.2.{i / 2}",
                InstanceUid = $"1.2.{i / 2}.{i}",
                Window = (2048, 4096),
            }).ToFile("explicit"));
        }

        File.WriteAllBytes(_folder["images/broken.png"], File.ReadAllBytes(_folder[$"images/{Name(0)}"])[..60]);
        Table("labels.csv", "image,patient,split,A,B", i => $"images/{Name(i)},p{i},{Split(i)},{A(i)},{B(i)}");
        Table("half.csv", "image,patient,split,A,B", i => i < 40 ? $"images/{Name(i)},p{i},{Split(i)},{A(i)},{B(i)}" : null);
        Table("away/labels.csv", "image,split,A,B", i => $"{Name(i)},{Split(i)},{A(i)},{B(i)}");
        Table("views.csv", "image,split,view,A,B", i => $"images/{Name(i)},{Split(i)},{(i / 4 % 2 == 0 ? "PA" : "AP")},{A(i)},{B(i)}");
        Table("classes.csv", "image,split,class", i => $"images/{Name(i)},{Split(i)},{i / 2 % 3}");
        Table("missing.csv", "image,split,A,B", i => $"images/{(i % 8 == 3 ? "gone" : "")}{Name(i)},{Split(i)},{A(i)},{B(i)}");
        Table("nosplit.csv", "image,A,B", i => $"images/{Name(i)},{A(i)},{B(i)}");
        Table("overlap.csv", "image,patient,split,A,B", i => $"images/{Name(i)},p{i % 50},{Split(i)},{A(i)},{B(i)}");
        Table("rare.csv", "image,split,A,B", i => $"images/{Name(i)},{Split(i)},{(i % 20 == 0 ? 1 : 0)},{B(i)}");
        Table("named.csv", "image,patient,split,A,B",
            i => $"images/{(i == 7 ? "gone.png" : i == 3 ? "broken.png" : Name(i))},p{i},{Split(i)},{A(i)},{B(i)}");
        Table("studies.csv", "accession,A,B", i => i < Count / 2 ? $"ACC{1000 + i},{A(i)},{B(i)}" : null);
        Table("people.csv", "accession,patient,A,B", i => i < Count / 2 ? $"ACC{1000 + i},q{i / 2},{A(i)},{B(i)}" : null);
        foreach ((string part, string file) in new[] { ("train", "t.txt"), ("val", "v.txt"), ("test", "e.txt") })
        {
            Lines(file, i => Split(i) == part ? $"{Name(i)} {A(i)} {B(i)}" : null);
            Lines("class-" + file, i => Split(i) == part ? $"{Name(i)} {i / 2 % 3}" : null);
        }

        string[][] all = [["image", "split", "A", "B"],
            .. Enumerable.Range(0, Count).Select(i => new[] { $"images/{Name(i)}", Split(i), $"{A(i)}", $"{B(i)}" })];
        Workbook.Write(_folder["book.xlsx"], ("One", all), ("Two", [.. all.Where((_, i) => i is 0 or > 15)]));
    }

    /// <summary>Where everything is.</summary>
    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    public void Dispose() => _folder.Dispose();

    private static string Name(int i) => $"i{i:00}.png";

    private static string Split(int i) => (i % 4) switch { 0 or 1 => "train", 2 => "val", _ => "test" };

    private static int A(int i) => i / 4 % 2;

    private static int B(int i) => i / 8 % 2;

    private void Table(string file, string header, Func<int, string?> row) =>
        File.WriteAllText(_folder[file], header + "\n" + Rows(row));

    private void Lines(string file, Func<int, string?> row) =>
        File.WriteAllText(_folder[file], Rows(row));

    private static string Rows(Func<int, string?> row) =>
        string.Concat(Enumerable.Range(0, Count).Select(row).OfType<string>().Select(r => r + "\n"));
}
