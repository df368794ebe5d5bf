using System.Diagnostics;
using Radapt.Pacs.Results;

namespace Radapt.Tests.Pacs.Results;

/// <summary>
/// Other people's programs for DICOM, which judge what Radapt writes. A test that needs one that is not installed is skipped.
/// </summary>
internal static class DicomPeer
{
    /// <summary>Structured reports as text (dcmtk).</summary>
    public static string DumpReport(byte[] file) => Run("dsrdump", "dcmtk", ["+Pl", "+Pu"], file).Output;

    /// <summary>Whether a file is a Part 10 file (dcmtk).</summary>
    public static bool IsPart10(byte[] file) => Run("dcmftest", "dcmtk", [], file).ExitCode == 0;

    /// <summary>
    /// Errors and warnings of the modules that the kind of file must have (dicom3tools), except that it does not know Radapt's own codes.
    /// </summary>
    public static IReadOnlyList<string> Validate(byte[] file) =>
    [
        .. Run("dciodvfy", "dicom3tools", [], file).Output.Split('\n')
            .Where(l => l.StartsWith("Error", StringComparison.Ordinal)
                || (l.StartsWith("Warning", StringComparison.Ordinal)
                    && !l.Contains($"Unrecognized defined term <{CodedConcept.OwnScheme}>", StringComparison.Ordinal))),
    ];

    /// <summary>What a line of Python prints of the data set <c>d</c> (pydicom).</summary>
    public static string Python(string expression, byte[] file) => Run("/usr/bin/python3", "python3-pydicom",
        ["-c", $"import sys,pydicom; d=pydicom.dcmread(sys.argv[1]); print({expression})"], file).Output.TrimEnd();

    private static (int ExitCode, string Output) Run(string program, string package, IReadOnlyList<string> arguments, byte[] file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["file.dcm"], file);
        var start = new ProcessStartInfo(program, [.. arguments, folder["file.dcm"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? started = null;
        try
        {
            started = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // not installed
        }

        Assert.SkipWhen(started is null, $"needs {program} (Debian package {package})");
        using Process process = started!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        string error = errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.SkipWhen(error.Contains("No module named 'pydicom'", StringComparison.Ordinal), $"needs Debian package {package}");
        return (process.ExitCode, output + error);
    }
}
