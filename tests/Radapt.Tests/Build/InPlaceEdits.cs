using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Radapt.Tests.Build;

/// <summary>
/// Finds tensors that are changed in place where that is not allowed: by TorchSharp's methods instead of Compute.Arithmetic, and
/// whenever the tensor is what another method of ours returned. That may be part of a graph, or belong to somebody else; which it is
/// depends on the kernels that run. TorchSharp's methods begin in lower case, ours in upper case.
/// </summary>
internal static partial class InPlaceEdits
{
    private static readonly string[] s_allowed = ["requires_grad_"]; // changes no number

    /// <summary>A line for each place.</summary>
    /// <param name="source">A C# file.</param>
    /// <param name="isArithmetic">Whether the file is the one that may call TorchSharp's methods.</param>
    public static IEnumerable<string> Violations(string source, bool isArithmetic)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source).GetRoot();
        foreach (InvocationExpressionSyntax call in root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax member)
            {
                continue;
            }

            string name = member.Name.Identifier.Text;
            int line = call.GetLocation().GetLineSpan().EndLinePosition.Line + 1;
            if (TorchSharpInPlace().IsMatch(name) && !isArithmetic && !s_allowed.Contains(name))
            {
                yield return $"line {line}: {name}";
            }
            else if (name.EndsWith("InPlace", StringComparison.Ordinal) && MadeBy(member.Expression) is { } maker)
            {
                yield return $"line {line}: {name} on the result of {maker}";
            }
        }
    }

    // Our method that made the tensor, directly or through a local variable; null: none did.
    private static string? MadeBy(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => MadeBy(inner.Expression),
        PostfixUnaryExpressionSyntax inner => MadeBy(inner.Operand),
        // of tensors that others hold
        InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax
            {
                Name.Identifier.Text: "ToDictionary" or "ToList"
            or "ToArray"
            }
        } => null,
        ElementAccessExpressionSyntax inner => MadeBy(inner.Expression),
        ConditionalExpressionSyntax choice => MadeBy(choice.WhenTrue) ?? MadeBy(choice.WhenFalse),
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } => IsOurs(member.Name.Identifier.Text)
            ? member.Name.Identifier.Text
            : MadeBy(member.Expression),
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax method } => IsOurs(method.Identifier.Text)
            ? method.Identifier.Text : null,
        IdentifierNameSyntax variable => Initialiser(variable) is { } value ? MadeBy(value) : null,
        _ => null,
    };

    private static bool IsOurs(string method) => char.IsUpper(method[0]) && !method.EndsWith("InPlace", StringComparison.Ordinal);

    private static ExpressionSyntax? Initialiser(IdentifierNameSyntax variable) =>
        variable.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault()?
        .DescendantNodes().OfType<VariableDeclaratorSyntax>()
        .FirstOrDefault(v => v.Identifier.Text == variable.Identifier.Text)?.Initializer?.Value;

    [GeneratedRegex("^[a-z][a-z0-9_]*_$")]
    private static partial Regex TorchSharpInPlace();
}
