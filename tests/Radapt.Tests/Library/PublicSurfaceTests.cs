using PublicApiGenerator;
using Radapt.Training;

namespace Radapt.Tests.Library;

public sealed class PublicSurfaceTests
{
    /// <summary>
    /// A change of what users of the library see is made on purpose: whoever makes it replaces the approved file by what this test wrote.
    /// </summary>
    [Fact]
    public void PublicSurface_IsTheApprovedOne()
    {
        string approved = Path.Combine(Repository.Root, "tests", "Radapt.Tests", "Library", "PublicSurface.txt");
        string actual = typeof(FineTuning).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false })
            .ReplaceLineEndings("\n").TrimEnd() + "\n";
        string[] before = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        string[] now = actual.TrimEnd().Split('\n');
        if (before.SequenceEqual(now))
        {
            return;
        }

        string received = Path.Combine(AppContext.BaseDirectory, "PublicSurface.received.txt");
        File.WriteAllText(received, actual);
        Assert.Fail($"""
            The public surface changed. If that is meant, copy {received} over {approved}.
            Gone: {string.Join(" | ", before.Except(now).Select(l => l.Trim()).Take(10))}
            New: {string.Join(" | ", now.Except(before).Select(l => l.Trim()).Take(10))}
            """);
    }
}
