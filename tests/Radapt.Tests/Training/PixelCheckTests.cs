using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Radapt.Imaging;
using Radapt.Inference;
using Radapt.Runs;
using Radapt.TestData.Dicom;
using Radapt.Tests.Imaging;
using Radapt.Training;

namespace Radapt.Tests.Training;

/// <summary>
/// Pixels are looked at before anything is trained: rows S7 and P2. The phantoms' table knows patients, so lines stand for names.
/// </summary>
public sealed class PixelCheckTests : IDisposable
{
    private readonly TinyRuns _runs = new(); // 40 images: 24, 8 and 8

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Run_OneUnreadableImage_IsLeftOutByItsLine() // P2
    {
        int line = Break("val", 1)[0];
        using FineTuning run = _runs.Prepare();
        RunSummary summary = run.Run(_runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        string note = Assert.Single(run.Notes, n => n.Contains("cannot be read", StringComparison.Ordinal));
        Assert.StartsWith(
            $"1 of 40 images cannot be read and is left out: labels.csv, line {line} (val). The first: "
                + "this PNG file is truncated or damaged", note, StringComparison.Ordinal);
        Assert.DoesNotContain("phantom", note, StringComparison.Ordinal);
        Assert.Equal(7, run.Data.Val.Items.Count);
        JsonNode data = RunRecord.Read(summary.Folder)!.ToJson()["data"]!;
        Assert.Equal((24, 7, 8, 40, 1), ((int)data["train"]!, (int)data["val"]!, (int)data["test"]!, (int)data["pixels"]!["checked"]!,
            (int)data["pixels"]!["unreadable"]!));
        string[] table = File.ReadAllLines(Path.Combine(summary.Folder, "unreadable.csv"));
        Assert.Equal("image,split,line,error", table[0]);
        Assert.Matches($"^[0-9a-f]{{32}},val,{line},", Assert.Single(table.Skip(1)));
        JsonNode hash = RunRecord.Read(summary.Folder)!.ToJson()["files"]!["unreadable.csv"]!;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(summary.Folder, "unreadable.csv")))),
            (string)hash!);
    }

    [Fact]
    public void CheckPixels_FolderInUse_IsRefusedBeforeAnyImageIsRead()
    {
        string folder = _runs.NewFolder();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "mine");
        using FineTuning run = _runs.Prepare();
        RadaptException error =
            Assert.Throws<RadaptException>(() => run.CheckPixels(folder, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("the run folder is not empty", error.Message, StringComparison.Ordinal);
        Assert.Null(run.CheckedImages);
    }

    [Fact]
    public void Resume_NoteOfTheRunIsDamaged_StillLeavesOutTheSameImages()
    {
        Break("val", 1);
        string undisturbed = TinyRuns.Results(_runs.Run());
        string folder = _runs.NewFolder();
        Assert.Null(_runs.RunUntil(4, folder, resume: false));
        File.WriteAllText(Path.Combine(folder, "run.json"), "not JSON");
        Assert.Equal(undisturbed, TinyRuns.Results(_runs.RunUntil(long.MaxValue, folder, resume: true)!));
        Assert.Equal(1, (int)RunRecord.Read(folder)!.ToJson()["data"]!["pixels"]!["unreadable"]!);
    }

    [Fact]
    public void Resume_RepairedBeforeTheFirstState_UsesTheImage()
    {
        string image = PathOf("val", 0);
        byte[] sound = File.ReadAllBytes(image);
        Break("val", 1);
        string folder = _runs.NewFolder();
        Assert.Null(_runs.RunUntil(4, folder, resume: false));
        Directory.Delete(Path.Combine(folder, "state"), recursive: true);
        Directory.CreateDirectory(Path.Combine(folder, "state"));
        File.WriteAllBytes(image, sound);
        Assert.NotNull(_runs.RunUntil(long.MaxValue, folder, resume: true));
        Assert.Equal(8, (int)RunRecord.Read(folder)!.ToJson()["data"]!["val"]!);
        Assert.False(File.Exists(Path.Combine(folder, "unreadable.csv")));
    }

    [Fact]
    public void Run_ExactlyAtTheLimit_GoesOn_AndOneMoreStopsBeforeAnythingIsWritten()
    {
        Break("train", 2); // 5 % of 40
        Assert.Equal(22, (int)RunRecord.Read(_runs.Run("skip-unreadable 5%").Folder)!.ToJson()["data"]!["train"]!);
        Break("test", 1);
        string folder = _runs.NewFolder();
        RadaptException error =
            Assert.Throws<RadaptException>(() => _runs.RunUntil(long.MaxValue, folder, resume: false, "skip-unreadable 5%"));
        Assert.StartsWith("3 of 40 images cannot be read, more than the 5 % that may be left out: ", error.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("phantom", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
        Assert.Throws<RadaptException>(() => _runs.Run("skip-unreadable 0%"));
    }

    [Fact]
    public void Run_AllUnreadable_SaysSoHoweverManyMayBeLeftOut()
    {
        Break("train", 24);
        Break("val", 8);
        Break("test", 8);
        Assert.Contains("40 of 40 images cannot be read", Assert.Throws<RadaptException>(() => _runs.Run()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("No image of split 'train' can be read.",
            Assert.Throws<RadaptException>(() => _runs.Run("skip-unreadable 100%")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AllOfValidationUnreadable_SaysWhichSplit()
    {
        Break("val", 8);
        Assert.StartsWith("No image of split 'val' can be read.",
            Assert.Throws<RadaptException>(() => _runs.Run("skip-unreadable 100%")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AllBlank_SaysSoAndWhatToDo() // S7
    {
        foreach (string image in Directory.GetFiles(Path.Combine(_runs.Data, "images")))
        {
            // 12-bit values in a 16-bit file: nearly black
            File.WriteAllBytes(image, TestImages.Png16([.. Enumerable.Range(0, 24 * 24).Select(i => (ushort)(i * 7 % 3800))], 24, 24, 1));
        }

        using FineTuning run = _runs.Prepare("epochs 1", "png-bits 16");
        RunSummary summary = run.Run(_runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        string note = Assert.Single(run.Notes, n => n.Contains("blank", StringComparison.Ordinal));
        Assert.StartsWith(
            "40 of 40 images are blank or nearly blank (98 % of the pixels are within 16 of 256 gray levels): labels.csv, line ", note,
            StringComparison.Ordinal);
        Assert.EndsWith(
            " and 30 more; 16-bit files may use fewer bits, such as 12: fine-tune with --png-bits 12; suspicious.csv in the run "
            + "folder lists all.", note, StringComparison.Ordinal);
        string[] suspicious = File.ReadAllLines(Path.Combine(summary.Folder, "suspicious.csv"));
        Assert.Equal((41, "image,split,line,what"), (suspicious.Length, suspicious[0]));
        Assert.All(suspicious.Skip(1), l => Assert.Matches("^[0-9a-f]{32},(train|val|test),[0-9]+,blank or nearly blank", l));
        Assert.Equal(40, (int)RunRecord.Read(summary.Folder)!.ToJson()["data"]!["pixels"]!["blank"]!);

        using Predictor predictor = Predictor.Open(summary.Folder);
        string[] images = [.. Directory.GetFiles(Path.Combine(_runs.Data, "images"))[..3]];
        Assert.Equal(3, predictor.Predict(images, cancellation: TestContext.Current.CancellationToken).Count());
        Assert.Empty(predictor.Notes); // each of them is refused, and says why
        predictor.Score(run.Data.Test!, cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith("8 of 8 images are blank", Assert.Single(predictor.Notes), StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW A4
    public void Run_12BitsIn16BitFiles_IsTheRunOn8BitFiles()
    {
        string[] images = Directory.GetFiles(Path.Combine(_runs.Data, "images"));
        RunSummary eight = _runs.Run("epochs 2", "plain-names true");
        foreach (string image in images)
        {
            // 4095 = 16.06 x 255: every gray level comes back from its 12-bit value
            byte[] gray = RadiographReader.Read(image).Pixels;
            File.WriteAllBytes(image, TestImages.Png16([.. gray.Select(g => (ushort)Math.Round(g * 4095 / 255.0))], 24, 24, 1));
        }

        using FineTuning run = _runs.Prepare("epochs 2", "plain-names true");
        Assert.Equal(12, run.Recipe.Pixels.PngBits);
        Assert.StartsWith("the largest sample in 40 16-bit PNG files of the set is ",
            run.Resolved.Values.Single(v => v.Name == "png-bits").Reason, StringComparison.Ordinal);
        RunSummary twelve = run.Run(_runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllText(Path.Combine(eight.Folder, "predictions.csv")),
            File.ReadAllText(Path.Combine(twelve.Folder, "predictions.csv")));
    }

    [Fact] // WORKFLOW A4
    public void Run_12BitsIn16BitFiles_EvaluatesPredictsAndRefusesAlike()
    {
        string[] images = Directory.GetFiles(Path.Combine(_runs.Data, "images"));
        foreach (string image in images)
        {
            byte[] gray = RadiographReader.Read(image).Pixels;
            File.WriteAllBytes(image, TestImages.Png16([.. gray.Select(g => (ushort)(g * 16))], 24, 24, 1));
        }

        RunSummary summary = _runs.Run("epochs 1");
        using Predictor predictor = Predictor.Open(summary.Folder);
        Assert.Equal(12, predictor.Adapter.Preprocessing.PngBits);
        using FineTuning run = _runs.Prepare();
        Assert.Equal(summary.Test!.MeanAuroc,
            predictor.Score(run.Data.Test!, cancellation: TestContext.Current.CancellationToken).Metrics.MeanAuroc);

        File.WriteAllBytes(images[0], TestImages.Png16([.. Enumerable.Repeat((ushort)5000, 24 * 24)], 24, 24, 1));
        Prediction refused = Assert.Single(predictor.Predict([images[0]], cancellation: TestContext.Current.CancellationToken));
        Assert.StartsWith("its 16-bit samples go up to 5000, but those of this set are read as 12 bits, up to 4095 (png-bits)",
            refused.Error, StringComparison.Ordinal);
    }

    [Fact] // WORKFLOW A3, A4: what somebody should look at, all at once
    public void Run_SuspiciousImages_AreListedByKind()
    {
        string[] of = [.. Rows("train").Take(3).Select(r => Path.Combine(_runs.Data, r.Image))];
        int[] lines = [.. Rows("train").Take(3).Select(r => r.Line)];
        byte[] gray = RadiographReader.Read(of[0]).Pixels;
        File.WriteAllBytes(of[0], TestImages.Png([.. gray.Select(g => (byte)(255 - g))], 24, 24, 1));
        File.WriteAllBytes(of[1], TestImages.Png(TestImages.Pattern(100, 20, 1), 100, 20, 1));
        File.WriteAllBytes(of[2], (DicomPhantom.Draw(gray, 24, 12) with { BodyPart = "HAND" }).ToFile("explicit"));
        using FineTuning run = _runs.Prepare("epochs 1");
        RunSummary summary = run.Run(_runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(
            $"1 of 40 images is like the negative of a radiograph: labels.csv, line {lines[0]}; suspicious.csv in the run folder lists all.",
            run.Notes);
        Assert.Contains("1 of 40 images is more than three times as long as wide, or as wide as long: "
            + $"labels.csv, line {lines[1]}; suspicious.csv in the run folder lists all.", run.Notes);
        Assert.Contains(
            $"1 of 40 images is not of the chest according to the header: labels.csv, line {lines[2]}; suspicious.csv in the run folder lists all.",
            run.Notes);
        Assert.Equal(3, RunRecord.Read(summary.Folder)!.Data!.Pixels!.Suspicious);
    }

    [Fact]
    public void Run_SoundImages_HasNoNote()
    {
        using FineTuning run = _runs.Prepare("epochs 1");
        run.CheckPixels(_runs.NewFolder(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(40, run.CheckedImages);
        Assert.DoesNotContain(run.Notes, n => n.Contains("blank", StringComparison.Ordinal)
            || n.Contains("cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Resume_ImageRepairedMeanwhile_EqualsUndisturbed()
    {
        string[] options = ["skip-unreadable 10%", "drop-path 0.1"];
        string image = PathOf("train", 0);
        byte[] sound = File.ReadAllBytes(image);
        Break("train", 1);
        Break("val", 1);
        string undisturbed = TinyRuns.Results(_runs.Run(options));
        string folder = _runs.NewFolder();
        Assert.Null(_runs.RunUntil(4, folder, resume: false, options));
        File.WriteAllBytes(image, sound);
        RunSummary resumed = _runs.RunUntil(long.MaxValue, folder, resume: true, options)!;
        Assert.Equal(undisturbed, TinyRuns.Results(resumed));
        Assert.Equal(2, (int)RunRecord.Read(folder)!.ToJson()["data"]!["pixels"]!["unreadable"]!); // what the first session said
    }

    [Fact]
    public void Resume_UsedImageChanged_IsRefused()
    {
        string folder = _runs.NewFolder();
        Break("train", 1);
        Assert.Null(_runs.RunUntil(4, folder, resume: false));
        File.AppendAllText(PathOf("train", 1), "more");
        Assert.Contains("the data changed",
            Assert.Throws<RadaptException>(() => _runs.RunUntil(long.MaxValue, folder, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_CheckIsOff_StopsWithoutAName()
    {
        Break("train", 24);
        RadaptException error = Assert.Throws<RadaptException>(() => _runs.Run("check-pixels off"));
        Assert.Matches("^labels.csv, line [0-9]+: this PNG file is truncated or damaged", error.Message);
    }

    [Fact]
    public void Score_UnreadableImages_AreLeftOutUpToTheShare() // P2
    {
        RunSummary summary = _runs.Run("epochs 1");
        using FineTuning run = _runs.Prepare();
        Break("test", 2);
        using Predictor predictor = Predictor.Open(summary.Folder);
        ScoredImages scored = predictor.Score(run.Data.Test!, skipUnreadable: 0.25, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((6, 12, 2), (scored.Images.Items.Count, scored.Probabilities.Count, scored.Unreadable));
        Assert.StartsWith("2 of 8 images cannot be read and are left out: labels.csv, line ", Assert.Single(predictor.Notes),
            StringComparison.Ordinal);
        IReadOnlyList<float> alone = predictor.Score(scored.Images, cancellation: TestContext.Current.CancellationToken).Probabilities;
        // each has the probabilities of its own image
        Assert.All(alone.Zip(scored.Probabilities), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Throws<RadaptException>(
            () => predictor.Score(run.Data.Test!, skipUnreadable: 0.2, cancellation: TestContext.Current.CancellationToken));
        Break("test", 8);
        Assert.Throws<RadaptException>(
            () => predictor.Score(run.Data.Test!, skipUnreadable: 1, cancellation: TestContext.Current.CancellationToken));
    }

    private string PathOf(string split, int number) => Path.Combine(_runs.Data, Rows(split)[number].Image);

    // Cuts the first so many images of a split; their lines in the table.
    private int[] Break(string split, int count)
    {
        (int Line, string Image)[] rows = [.. Rows(split).Take(count)];
        Assert.Equal(count, rows.Length);
        foreach ((_, string image) in rows)
        {
            string path = Path.Combine(_runs.Data, image);
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..60]);
        }

        return [.. rows.Select(r => r.Line)];
    }

    private (int Line, string Image)[] Rows(string split) =>
    [
        .. File.ReadAllLines(Path.Combine(_runs.Data, "labels.csv")).Select((text, i) => (Line: i + 1, Cells: text.Split(',')))
            .Where(r => r.Cells[2] == split).Select(r => (r.Line, r.Cells[0])),
    ];
}
