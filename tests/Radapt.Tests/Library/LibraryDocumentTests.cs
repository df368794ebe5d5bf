using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Radapt.Adaptation.Lora;
using Radapt.Tests.Inference;

namespace Radapt.Tests.Library;

public class LibraryDocumentTests
{
    [Fact]
    public void FirstExample_InTheDocument_CompilesAgainstThePublicSurfaceAndRuns()
    {
        using var folder = new TemporaryFolder();
        string printed = Run(0, "string folder", folder.Path);

        Assert.Contains("1: loss", printed, StringComparison.Ordinal);
        Assert.Contains("test AUROC 0.", printed, StringComparison.Ordinal);
        Assert.Equal(4, printed.Split('\n').Count(l => l.Contains(".png: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void ExampleForManyCallers_InTheDocument_CompilesAgainstThePublicSurfaceAndRuns()
    {
        using var saved = new SavedAdapters();
        string printed = Run(1, "string run, string image, IReadOnlyList<string> images",
            saved.Save(0, new LoraOptions()), saved.Images[0], saved.Images);

        Assert.Contains("upload: 0.", printed, StringComparison.Ordinal);
        Assert.Contains("ward: 0.", printed, StringComparison.Ordinal);
        Assert.Equal(saved.Images.Count, printed.Split('\n').Count(l => l.Contains(".png: 0.", StringComparison.Ordinal)));
    }

    // What the example prints, in a program that has the parameters that it uses, and "output" to write to.
    private static string Run(int number, string parameters, params object[] arguments)
    {
        string[] lines = Example(number);
        Assert.True(lines.Count(l => l.Trim().Length > 0) < 30, $"{lines.Length} lines: the document promises fewer than 30");
        string[] usings = [.. lines.Where(l => l.StartsWith("using ", StringComparison.Ordinal) && l.EndsWith(';') && !l.Contains('='))];
        string body = string.Join('\n', lines.Where(l => !usings.Contains(l)));
        Assembly example = Compile($$"""
            using System;
            using System.Collections.Generic;
            using System.IO;
            using System.Linq;
            using System.Threading.Tasks;
            {{string.Join('\n', usings)}}
            public static class Example
            {
                public static async Task Run({{parameters}}, TextWriter output)
                {
                    await Task.CompletedTask;
            {{body}}
                }
            }
            """);
        using var output = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        ((Task)example.GetType("Example")!.GetMethod("Run")!.Invoke(null, [.. arguments, output])!).GetAwaiter().GetResult();
        return output.ToString();
    }

    private static string[] Example(int number)
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md"));
        string code = document.Split("```csharp\n")[number + 1].Split("```")[0];
        return code.TrimEnd().Split('\n');
    }

    private static Assembly Compile(string source)
    {
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Radapt.Example",
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            [.. platform.Select(p => MetadataReference.CreateFromFile(p))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var stream = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return Assembly.Load(stream.ToArray());
    }
}
