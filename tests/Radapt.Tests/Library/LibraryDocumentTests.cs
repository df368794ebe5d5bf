using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Radapt.Tests.Library;

public class LibraryDocumentTests
{
    [Fact]
    public void Example_InTheDocument_CompilesAgainstThePublicSurfaceAndRuns()
    {
        string[] lines = Example();
        Assert.True(lines.Count(l => l.Trim().Length > 0) < 30, $"{lines.Length} lines: the document promises fewer than 30");
        string[] usings = [.. lines.Where(l => l.StartsWith("using ", StringComparison.Ordinal) && l.EndsWith(';') && !l.Contains('='))];
        string body = string.Join('\n', lines.Where(l => !usings.Contains(l)));
        string source = $$"""
            using System;
            using System.Collections.Generic;
            using System.IO;
            {{string.Join('\n', usings)}}
            public static class Example
            {
                public static void Run(string folder, TextWriter output)
                {
            {{body}}
                }
            }
            """;
        Assembly example = Compile(source);
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();

        example.GetType("Example")!.GetMethod("Run")!.Invoke(null, [folder.Path, output]);

        string printed = output.ToString();
        Assert.Contains("1: loss", printed, StringComparison.Ordinal);
        Assert.Contains("test AUROC 0.", printed, StringComparison.Ordinal);
        Assert.Equal(4, printed.Split('\n').Count(l => l.Contains(".png: ", StringComparison.Ordinal)));
    }

    private static string[] Example()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md"));
        string code = document.Split("```csharp\n")[1].Split("```")[0];
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
