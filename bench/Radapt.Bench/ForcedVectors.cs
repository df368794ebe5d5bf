using System.Diagnostics;
using System.Text.Json.Nodes;
using Radapt.Benchmarks;

namespace Radapt.Bench;

/// <summary>
/// The same comparison on narrower vectors than the processor has, as a processor of another kind would run it. .NET and the tensor
/// library read their limits when they start, so a process of its own measures each width, with all its contestants. ONNX Runtime has no
/// such limit and uses whatever the processor has.
/// </summary>
internal static class ForcedVectors
{
    private const string Native = "native";

    /// <summary>The widths that can be asked for: the processor's own, and AVX2.</summary>
    public static IReadOnlyList<string> Names { get; } = [Native, "avx2"];

    /// <summary>Measures once for every width.</summary>
    /// <param name="widths">Some of <see cref="Names"/>.</param>
    /// <param name="arguments">What else this command was asked for.</param>
    /// <returns>The report of each width under its name.</returns>
    /// <exception cref="RadaptException">A process failed.</exception>
    public static JsonObject Measure(IEnumerable<string> widths, IReadOnlyList<string> arguments)
    {
        var reports = new JsonObject();
        foreach (string width in widths)
        {
            ProcessStartInfo start = OwnProcess.StartInfo(typeof(ForcedVectors).Assembly, [.. arguments, "--json"]);
            foreach ((string name, string value) in Variables(width))
            {
                start.Environment[name] = value;
            }

            using var process = new Process { StartInfo = start };
            process.Start();
            process.StandardInput.Close();
            string report = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            reports[width] = process.ExitCode == 0
                ? JsonNode.Parse(report)
                : throw new RadaptException(
                    $"The measurement with {width} vectors ended with exit code {process.ExitCode}; the lines above say why.");
        }

        return reports;
    }

    private static IEnumerable<(string Name, string Value)> Variables(string width) => width == Native ? [] :
    [
        ("DOTNET_EnableAVX512", "0"), // Radapt's passes and products
        ("ATEN_CPU_CAPABILITY", "avx2"), // the tensor library's passes
        ("ONEDNN_MAX_CPU_ISA", "AVX2"), // its convolutions
        ("MKL_ENABLE_INSTRUCTIONS", "AVX2"), // its products
    ];
}
