using System.Globalization;
using System.Text;
using CsCheck;
using Radapt.Datasets;
using Radapt.Datasets.Splits;
using Radapt.TestData.Dicom;

namespace Radapt.Tests.Datasets;

/// <summary>
/// For any table, any headers and any spelling of a patient: no patient in two parts, and reading either goes on with every image that is
/// there or stops before anything is trained.
/// </summary>
public sealed class WholePatientsTests : IDisposable
{
    private const int Images = 60;
    private const int Patients = 25;

    private readonly LabelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private enum Fate
    {
        There,
        Missing,
        Damaged,
        Computed, // a CT
    }

    private sealed record Case(
        int[] PatientOf, int[] TableSpelling, int[] HeaderSpelling, Fate[] Fates, int Seed, int Folds, bool TableKnows, bool HeadersKnow,
            bool ByPath);

    private static readonly Gen<Case> s_cases =
        from patientOf in Gen.Int[0, Patients - 1].Array[Images]
        from table in Gen.Int[0, 7].Array[Images]
        from header in Gen.Int[0, 4].Array[Images]
        from share in Gen.Int[0, 12]
        from fates in Gen.Int[0, 99].Select(f => f >= share ? Fate.There : (Fate)(1 + (f % 3))).Array[Images]
        from seed in Gen.Int[0, 1000]
        from folds in Gen.Int[0, 3]
        from known in Gen.Int[1, 3]
        from path in Gen.Bool
        select new Case(patientOf, table, header, fates, seed, folds < 2 ? 0 : folds, (known & 1) > 0, (known & 2) > 0, path);

    [Fact]
    public void Read_AnySpellingsAndAnyMissingImages_NeverTakesAPatientApart()
    {
        int went = 0;
        int stopped = 0;
        Check.Sample(s_cases, c =>
        {
            string table = Write(c);
            DataSplits[] read;
            try
            {
                read = [.. Enumerable.Range(1, Math.Max(1, c.Folds)).Select(fold => DataReader.Read(new DataOptions
                {
                    Data = table,
                    ImageRoot = _folder["export"],
                    AllowRareFindings = true,
                    SplitSeed = c.Seed,
                    Folds = c.Folds == 0 ? null : c.Folds,
                    Fold = c.Folds == 0 ? null : fold,
                }))];
            }
            catch (RadaptException e)
            {
                Interlocked.Increment(ref stopped);
                // Nobody is told that a patient stands in two splits, which was the draw's doing.
                Assert.DoesNotContain("two splits", e.Message, StringComparison.Ordinal);
                return;
            }

            Interlocked.Increment(ref went);
            foreach (DataSplits splits in read)
            {
                LabelledImages[] parts = [splits.Train, splits.Val, .. splits.Test is null ? Array.Empty<LabelledImages>() : [splits.Test]];
                int[][] patients = [.. parts.Select(p => p.Items.Select(i => c.PatientOf[i.Line - 2]).Distinct().ToArray())];
                Assert.Equal(patients.Sum(p => p.Length), patients.SelectMany(p => p).Distinct().Count());
                // A file that is damaged as a PNG is told later, when pixels are looked at.
                int there = c.Fates.Count(f => f == Fate.There);
                Assert.Equal(there, parts.Sum(p => p.Items.Count));
                Assert.All(parts.SelectMany(p => p.Items), i => Assert.Equal(Label(i.Line - 2), i.Labels[0]));
            }
        }, iter: 60, threads: 1);
        Assert.True(went > 8 && stopped > 3, $"{went} went on, {stopped} stopped"); // else this tries nothing
    }

    // The reader draws from groups; here the tables' own property, over many more of them.
    [Fact]
    public void For_RandomPatientsAndExaminations_KeepsEveryPatientInOneGroup() => Check.Sample(
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Bool, Gen.Bool).Array[1, 60],
        rows =>
        {
            // An examination belongs to one patient; either may be unknown.
            (string? Patient, string? Study, string Name)[] images = [.. rows.Select((r, i) =>
                (r.Item3 ? $"p{r.Item1}" : null, r.Item4 ? $"s{r.Item1}-{r.Item2}" : null, $"{i}"))];
            string[] groups = PatientGroups.For(images);
            foreach (int a in Enumerable.Range(0, rows.Length))
            {
                foreach (int b in Enumerable.Range(0, rows.Length))
                {
                    bool isSame = (images[a].Patient ?? "a") == (images[b].Patient ?? "b")
                        || (images[a].Study ?? "a") == (images[b].Study ?? "b");
                    Assert.True(!isSame || groups[a] == groups[b]);
                    Assert.True(groups[a] != groups[b] || rows[a].Item1 == rows[b].Item1);
                }
            }
        }, iter: 500, threads: 1);

    // Line 2 is image 0; a third have the finding.
    private static sbyte Label(int image) => (sbyte)(image % 3 == 0 ? 1 : 0);

    private string Write(Case c)
    {
        if (Directory.Exists(_folder["export"]))
        {
            Directory.Delete(_folder["export"], recursive: true);
        }

        Directory.CreateDirectory(_folder["export"]);
        foreach (int i in Enumerable.Range(0, Images).Where(i => c.Fates[i] != Fate.Missing))
        {
            byte[] file = (s_phantom with
            {
                PatientId = c.HeadersKnow ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Spelled(c.PatientOf[i], c.HeaderSpelling[i])))
                    : "",
                CharacterSet = "ISO_IR 192",
                StudyUid = $"1.2.{i}",
                InstanceUid = $"1.2.{i}.1",
                Accession = $"00A{i:000}",
                Modality = c.Fates[i] == Fate.Computed ? "CT" : "DX",
            }).ToFile("explicit");
            File.WriteAllBytes(_folder[$"export/IM{i:000}"], c.Fates[i] == Fate.Damaged ? file[..200] : file);
        }

        string header = $"{(c.ByPath ? "image" : "Accession")};{(c.TableKnows ? "Patienten-ID;" : "")}Erguss";
        return _folder.Write("labels.csv", header + "\n" + string.Concat(Enumerable.Range(0, Images).Select(i =>
            $"{(c.ByPath ? $"IM{i:000}" : $"00A{i:000}")};{(c.TableKnows ? Spelled(c.PatientOf[i], c.TableSpelling[i]) + ";" : "")}{(Label(i) == 1 ? "ja" : "nein")}\n")));
    }

    private static readonly DicomPhantom s_phantom = DicomPhantom.Draw(8, 8, 12, 1);

    // Patients are numbers, or names with a number and letters with marks.
    private static string Spelled(int patient, int way)
    {
        string number = (patient + 1).ToString(CultureInfo.InvariantCulture);
        return patient % 2 == 0
            ? way switch
            {
                0 => number,
                1 => number.PadLeft(7, '0'),
                2 => number + ".0",
                3 => $" {number} ",
                4 => number.PadLeft(3, '0'),
                _ => number
            }
            : way switch
            {
                0 => $"M\u00FCller {number}",
                1 => $"Mu\u0308ller {number}",
                2 => $"M\u00DCLLER  {number}",
                3 => $"m\u00FCller {number} ",
                4 => $"MU\u0308LLER {number}",
                _ => $"M\u00FCller {number}",
            };
    }
}
