using Radapt.Pacs.Results;

namespace Radapt.Tests.Pacs.Results;

public class FindingCodesTests
{
    [Theory]
    [InlineData("Effusion", "60046008")]
    [InlineData("Pleural Effusion", "60046008")]
    [InlineData("pleural_effusion", "60046008")]
    [InlineData("Pneumothorax", "36118008")]
    [InlineData("Infiltration", null)] // no code means the same
    public void Find_NamesOfPublishedSets_HaveTheirCode(string finding, string? code) =>
        Assert.Equal(code, FindingCodes.Default.Find(finding)?.Value);

    [Fact]
    public void Find_EveryShippedCode_IsANumberOfSnomedCt() => Assert.All(FindingCodes.Default.All, c =>
    {
        Assert.Equal("SCT", c.Code.Scheme);
        Assert.True(IsSound(c.Code.Value), c.Code.Value);
    });

    [Fact]
    public void Read_OwnTable_TakesThePlaceOfTheShippedOne()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["codes.csv"], "finding,code,scheme,meaning\nErguss,RID34539,RADLEX,pleural effusion\n");
        var codes = FindingCodes.Read(folder["codes.csv"]);
        Assert.Equal(new CodedConcept("RID34539", "RADLEX", "pleural effusion"), codes.Find("erguss"));
        Assert.Null(codes.Find("Effusion"));
    }

    [Theory]
    [InlineData("name,code\na,b\n", "first line")]
    [InlineData("finding,code,scheme,meaning\nA,,SCT,a\n", "line 2")]
    [InlineData("finding,code,scheme,meaning\nA,1,SCT,a\nB,2,ALONGSCHEMEDESIGNATOR,b\n", "line 3")]
    [InlineData("finding,code,scheme,meaning\nA,1,SCT,a\na,2,SCT,b\n", "line 3")]
    public void Read_DamagedTable_SaysWhere(string text, string place)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["codes.csv"], text);
        RadaptException error = Assert.Throws<RadaptException>(() => FindingCodes.Read(folder["codes.csv"]));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    // The last digit of an identifier of SNOMED CT is a check digit (Verhoeff's scheme), which finds single wrong and swapped digits.
    private static bool IsSound(string code)
    {
        int[] permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
        int check = 0;
        for (int i = 0; i < code.Length; i++)
        {
            int digit = code[^(i + 1)] - '0';
            for (int p = 0; p < i % 8; p++)
            {
                digit = permutation[digit];
            }

            check = Product(check, digit);
        }

        return check == 0;
    }

    // The product in the dihedral group of order 10.
    private static int Product(int a, int b) => (a < 5, b < 5) switch
    {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + ((a + b) % 5),
        (false, true) => 5 + ((a - b + 5) % 5),
        _ => (a - b + 5) % 5,
    };
}
