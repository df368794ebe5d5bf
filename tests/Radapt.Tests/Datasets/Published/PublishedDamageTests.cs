using System.Text;
using CsCheck;
using Radapt.Datasets;

namespace Radapt.Tests.Datasets.Published;

/// <summary>Whatever is done to a data set's files, reading them gives rows or one line.</summary>
public sealed class PublishedDamageTests : IDisposable
{
    private const string Nih = "00000001_000.png 0 1 0 0 0 0 0 0 0 0 0 0 0 0\n";

    private static readonly byte[] s_special = Encoding.UTF8.GetBytes(",;\t\"\n\r|/- 01.a\0");

    private static readonly (string Prefix, string File, string Text, (string File, string Text)[] Others)[] s_sets =
    [
        ("nih", "Data_Entry_2017.csv",
            "Image Index,Finding Labels,Patient ID,View Position\n00000001_000.png,Mass|Edema,1,PA\n00000002_000.png,No Finding,2,AP\n",
            [("train_val_list.txt", "00000001_000.png\n"), ("test_list.txt", "00000002_000.png\n")]),
        ("nih", "train_list.txt", Nih, [("val_list.txt", Nih), ("test_list.txt", Nih)]),
        ("nih", "val_list.txt", Nih, [("train_list.txt", Nih), ("test_list.txt", Nih)]),
        ("chexpert", "train.csv",
            "Path,Sex,AP/PA,Atelectasis,Cardiomegaly,Consolidation,Edema,Pleural "
                + "Effusion\ntrain/patient00001/study1/view1_frontal.jpg,M,AP,-1.0,,0.0,1.0,\n",
            [("valid.csv",
                "Path,Sex,AP/PA,Atelectasis,Cardiomegaly,Consolidation,Edema,Pleural "
                    + "Effusion\nvalid/patient00002/study1/view1_frontal.jpg,M,AP,1.0,0.0,0.0,1.0,0.0\n")]),
        ("rsna", "stage_2_train_labels.csv", "patientId,x,y,width,height,Target\na,1,2,3,4,1\na,1,2,3,4,1\nb,,,,,0\nc,,,,,0\n", []),
        ("covid", "metadata.csv",
            "patientid,finding,view,modality,filename\n1,Pneumonia/Viral/COVID-19,PA,X-ray,a.png\n2,\"COVID-19, "
                + "ARDS\",AP,X-ray,b.png\n3,No Finding,L,CT,c.png\n", [("images/a.png", "")]),
        ("covid", "splits/a/iscovid_train.txt", "a.png 1\n", [("splits/a/iscovid_val.txt", "b.png 0\n"), ("images/a.png", "")]),
    ];

    private readonly LabelFolder _folder = new();

    public static TheoryData<int> Sets => [.. Enumerable.Range(0, s_sets.Length)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sets))]
    public void Read_DamagedBytes_GivesRowsOrOneLine(int set)
    {
        (string prefix, string file, string text, (string File, string Text)[] others) = s_sets[set];
        foreach ((string name, string content) in others)
        {
            _folder.Write(name, content);
        }

        byte[] sound = Encoding.UTF8.GetBytes(text);
        int read = 0;
        (from places in Gen.Int[0, sound.Length - 1].Array[1, 4]
         from bytes in Gen.OneOf(Gen.Int[0, s_special.Length - 1].Select(i => s_special[i]), Gen.Byte).Array[4]
         from cut in Gen.Int[0, 3 * sound.Length]
         select (places, bytes, cut)).Sample(damage =>
         {
             byte[] damaged = [.. sound];
             for (int i = 0; i < damage.places.Length; i++)
             {
                 damaged[damage.places[i]] = damage.bytes[i];
             }

             _folder.Write(file, "");
             File.WriteAllBytes(_folder[file], damaged[..Math.Min(damage.cut, damaged.Length)]);
             try
             {
                 PublishedTesting.Read($"{prefix}:{_folder.Path}", new DataOptions { Findings = [] });
                 read++;
             }
             catch (RadaptException error)
             {
                 Assert.DoesNotContain('\n', error.Message);
             }
         }, iter: 300, threads: 1);
        Assert.InRange(read, 0, 299); // some damage is seen
    }
}
