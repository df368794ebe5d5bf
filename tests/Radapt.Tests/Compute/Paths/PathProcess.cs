using System.Diagnostics;
using System.Text.Json;
using Radapt.Compute;

namespace Radapt.Tests.Compute.Paths;

/// <summary>The instruction set that a process is held to, so that one machine tests the paths of others.</summary>
/// <param name="VectorBits">Widest vectors of .NET; 0: none.</param>
/// <param name="Variables">What holds it, and the tensor library, to them.</param>
internal sealed record ForcedWidth(int VectorBits, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The widths: AVX-512 as it is, AVX2, SSE4.2 or Arm's, none.</summary>
    public static IReadOnlyList<ForcedWidth> All { get; } =
    [
        new(512, new Dictionary<string, string>()),
        new(256, Held("DOTNET_EnableAVX512", "avx2", "AVX2")),
        new(128, Held("DOTNET_EnableAVX2", "default", "SSE41")),
        new(0, Held("DOTNET_EnableHWIntrinsic", "default", "SSE41")),
    ];

    /// <summary>The widths' bits.</summary>
    public static TheoryData<int> Bits => [.. All.Select(w => w.VectorBits)];

    /// <summary>This width; skips the calling test where the processor does not have it.</summary>
    public static ForcedWidth Require(int bits)
    {
        Assert.SkipWhen(bits > Machine.VectorBits, $"this processor has no vectors of {bits} bits");
        return All.Single(w => w.VectorBits == bits);
    }

    private static Dictionary<string, string> Held(string off, string library, string products) => new()
    {
        [off] = "0",
        ["ATEN_CPU_CAPABILITY"] = library,
        ["ONEDNN_MAX_CPU_ISA"] = products,
    };
}

/// <summary>What a process of the matrix left behind.</summary>
/// <param name="Facts">What it said of itself; null: nothing.</param>
/// <param name="Results">What came of every variant that it finished.</param>
/// <param name="Error">How it ended before all were done; null: it did not.</param>
internal sealed record PathProcess(PathProcessFacts? Facts, IReadOnlyList<PathResult> Results, string? Error)
{
    // One after the other: each process takes a core or two.
    private static readonly SemaphoreSlim s_one = new(1);
    private static readonly Dictionary<int, Lazy<Task<PathProcess>>> s_processes =
        ForcedWidth.All.ToDictionary(w => w.VectorBits, w => new Lazy<Task<PathProcess>>(() => Run(w)));

    /// <summary>The process of a width, started once.</summary>
    public static Task<PathProcess> For(ForcedWidth width) => s_processes[width.VectorBits].Value;

    private static async Task<PathProcess> Run(ForcedWidth width)
    {
        await s_one.WaitAsync();
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!, ["paths"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach ((string name, string value) in width.Variables)
            {
                start.Environment[name] = value;
            }

            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string[] lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync();
            return new PathProcess(
                lines.Length == 0 ? null : JsonSerializer.Deserialize<PathProcessFacts>(lines[0]),
                [.. lines.Skip(1).Select(l => JsonSerializer.Deserialize<PathResult>(l)!)],
                process.ExitCode == 0 ? null : $"exit code {process.ExitCode}\n{await error}");
        }
        finally
        {
            s_one.Release();
        }
    }
}
