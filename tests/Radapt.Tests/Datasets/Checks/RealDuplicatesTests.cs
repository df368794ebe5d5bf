using Radapt.Datasets;
using Radapt.Datasets.Checks;

namespace Radapt.Tests.Datasets.Checks;

/// <summary>Pairs that are known from the sets' own descriptions, or were looked at.</summary>
public class RealDuplicatesTests
{
    [Fact]
    public void Run_CovidCollection_FindsOnlyTheFourKnownPairs()
    {
        DataCheckReport report = Check(Path.Combine(Repository.RealData("covid-cxr"), "findings.csv"), "covid19");
        Assert.Equal(
            [
                "1-s2.0-S2387020620301959-gr3_lrg-a.png | 1-s2.0-S2387020620301959-gr4_lrg-b.png",
                    "35AF5C3B-D04D-4B4B-92B7-CB1F67D83085.jpeg | D5ACAA93-C779-4E22-ADFA-6A220489F840.jpeg",
                "A7E260CE-8A00-4C5F-A7F5-27336527A981.jpeg | case_76_1-3.png",
                    "E63574A7-4188-4C8D-8D17-9D67A18A1AFA.jpeg | F4341CE7-73C9-45C6-99C8-8567A5484B63.jpeg",
            ],
            Pairs(report, DataProblemKind.NearDuplicate));
        Assert.Empty(Pairs(report, DataProblemKind.Duplicate));
        Assert.DoesNotContain(report.Problems,
            p => p.Kind is DataProblemKind.Inverted or DataProblemKind.Blank or DataProblemKind.Saturated);
    }

    [Fact]
    public void Run_PneumoniaMnist_FindsImagesOfTrainInVal()
    {
        DataCheckReport report = Check(Repository.RealData("pneumoniamnist"), "pneumonia");
        Assert.Equal(8, report.Problems.Count(p => p.Kind == DataProblemKind.Duplicate && p.Severity == ProblemSeverity.Error));
        Assert.Equal(29, report.Problems.Count);
    }

    private static DataCheckReport Check(string data, string finding) =>
        DataCheck.Run(new DataCheckOptions
        {
            Data = new DataOptions { Data = data, Findings = [finding] },
        }, null, TestContext.Current.CancellationToken);

    private static IEnumerable<string> Pairs(DataCheckReport report, DataProblemKind kind) => report.Problems.Where(p => p.Kind == kind)
        .Select(p => string.Join(" | ", new[] { p.Image!, p.Other! }.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);
}
