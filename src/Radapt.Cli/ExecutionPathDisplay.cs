using Radapt.Runs;

namespace Radapt.Cli;

/// <summary>Shows which kernels run, and why.</summary>
internal static class ExecutionPathDisplay
{
    public static void Show(Terminal terminal, ExecutionPath path)
    {
        string held = path.HeldTo.Count == 0 ? "" : $", limited by {string.Join(", ", path.HeldTo)}";
        terminal.Line("Path:", strong: true);
        terminal.Rows(["part", "kernel", "why"],
        [
            ["vectors", path.VectorBits == 0 ? "none" : $"{Figures.Count(path.VectorBits)} bits", $"the widest that .NET uses here{held}"],
            ["precision", path.Precision.Value, path.Precision.Why ?? ""],
            ["float32 products", path.Products.Value, path.Products.Why ?? ""],
            .. path.Parts.Select(p => (string[])[p.Part, p.Kernel, string.Join("; ", p.Why)]),
        ]);
    }
}
