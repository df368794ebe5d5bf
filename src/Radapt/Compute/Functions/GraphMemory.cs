using System.Collections;
using System.Reflection;
using static TorchSharp.torch;

namespace Radapt.Compute.Functions;

/// <summary>
/// Memory that custom functions of TorchSharp (0.107) hold on to. It keeps every gradient that a function takes or returns until the
/// step's dispose scope ends, and beside every output an empty tensor of the same size until the graph goes. For ViT-B/16 that is a
/// gigabyte a step.
/// </summary>
internal static class GraphMemory
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    [ThreadStatic]
    private static List<Tensor>? s_returned;

    [ThreadStatic]
    private static autograd.AutogradContext? s_context;

    /// <summary>At the end of <c>forward</c>: undefined gradients stay undefined, so that the outputs' doubles are never read.</summary>
    public static void Begin(autograd.AutogradContext context)
    {
        context.set_materialize_grads(false);
        s_context = context;
    }

    /// <summary>After <c>apply</c>: frees the outputs' doubles. Where TorchSharp has changed and they are elsewhere, they stay.</summary>
    public static void FreeDuplicateOutputs()
    {
        object? node = s_context?.GetType().GetField("_node", Private)?.GetValue(s_context);
        s_context = null;
        foreach (Tensor? tensor in Field(node, "_outputCache"))
        {
            tensor?.Dispose();
        }
    }

    /// <summary>
    /// At the end of <c>backward</c>: hands gradients over, and lets what was saved go. The engine copies the gradients' handles on return,
    /// so those returned before are let go too.
    /// </summary>
    /// <param name="context">The function's; nothing can be read of it again.</param>
    /// <param name="taken">The gradients that came in; disposed.</param>
    /// <param name="gradients">One for every argument of <c>apply</c>; null where there is none.</param>
    public static List<Tensor> Return(autograd.AutogradContext context, IEnumerable<Tensor> taken, params Tensor?[] gradients)
    {
        foreach (IDisposable saved in Field(context, "_savedVariables"))
        {
            saved.Dispose();
        }

        foreach (Tensor tensor in taken.Concat(s_returned ?? []))
        {
            tensor.Dispose();
        }

        s_returned = [.. gradients.OfType<Tensor>().Select(g => g.DetachFromDisposeScope())];
        return [.. gradients.Select(g => g!)];
    }

    private static IEnumerable Field(object? owner, string name) =>
        owner?.GetType().GetField(name, Private)?.GetValue(owner) as IEnumerable ?? Array.Empty<object>();
}
