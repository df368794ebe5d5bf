using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Tensor arithmetic with C# numbers. TorchSharp wraps each number (and the 1 of a + b) into a native object, which the garbage
/// collector may free while the native call still reads it: rarely, and more often on a busy machine, the call then fails or computes
/// with another number (0.107; ArithmeticTests shows it). Here the object lives until the call is over. BannedSymbols.txt rules the plain
/// forms out.
/// </summary>
/// <remarks>
/// What ends in <c>InPlace</c> changes its first argument, and it is the only code that calls TorchSharp's methods that do
/// (InPlaceEditTests). It refuses a tensor that a gradient will flow through: whether such an edit works depends on the kernel that
/// made the tensor, and so on the processor.
/// </remarks>
internal static class Arithmetic
{
#pragma warning disable RS0030 // the one place that makes scalars
    private static readonly Scalar s_one = 1;

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, s_one);

    /// <summary>a + factor b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b, double factor)
    {
        using Scalar scalar = factor;
        return a.add(b, scalar);
    }

    /// <summary>a + number.</summary>
    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar scalar = number;
        return a.add(scalar, s_one);
    }

    /// <summary>a x factor.</summary>
    public static Tensor Times(this Tensor a, double factor)
    {
        using Scalar scalar = factor;
        return a.mul(scalar);
    }

    /// <summary>a / divisor.</summary>
    public static Tensor DividedBy(this Tensor a, double divisor)
    {
        using Scalar scalar = divisor;
        return a.div(scalar);
    }

    /// <summary>a + b x c.</summary>
    public static Tensor PlusProduct(this Tensor a, Tensor b, Tensor c) => a.addcmul(b, c, s_one);

    /// <summary>a := a + b; returns a.</summary>
    public static Tensor AddInPlace(this Tensor a, Tensor b) => Editable(a).add_(b, s_one);

    /// <summary>a := a + factor b; returns a.</summary>
    public static Tensor AddInPlace(this Tensor a, Tensor b, double factor)
    {
        using Scalar scalar = factor;
        return Editable(a).add_(b, scalar);
    }

    /// <summary>a := a + number; returns a.</summary>
    public static Tensor AddInPlace(this Tensor a, double number)
    {
        using Scalar scalar = number;
        return Editable(a).add_(scalar, s_one);
    }

    /// <summary>The mean of count - 1 tensors becomes that of count tensors, the last of which is b; returns a.</summary>
    public static Tensor AddToMeanInPlace(this Tensor a, Tensor b, int count) => a.AddToMeanInPlace(b, 1.0 / count);

    /// <summary>a := a + share (b - a), the weighted mean of which b has this share; returns a.</summary>
    public static Tensor AddToMeanInPlace(this Tensor a, Tensor b, double share)
    {
        using Tensor difference = b.Plus(a, -1);
        return a.AddInPlace(difference, share);
    }

    /// <summary>a := a x factor; returns a.</summary>
    public static Tensor ScaleInPlace(this Tensor a, double factor)
    {
        using Scalar scalar = factor;
        return Editable(a).mul_(scalar);
    }

    /// <summary>a := a x b, number by number; returns a.</summary>
    public static Tensor ScaleInPlace(this Tensor a, Tensor b) => Editable(a).mul_(b);

    /// <summary>a := a / divisor; returns a.</summary>
    public static Tensor DivideInPlace(this Tensor a, double divisor)
    {
        using Scalar scalar = divisor;
        return Editable(a).div_(scalar);
    }

    /// <summary>a := a + factor b x c; returns a.</summary>
    public static Tensor AddProductInPlace(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor;
        return Editable(a).addcmul_(b, c, scalar);
    }

    /// <summary>a := a + factor b / c; returns a.</summary>
    public static Tensor AddQuotientInPlace(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor;
        return Editable(a).addcdiv_(b, c, scalar);
    }

    /// <summary>Every element becomes the number; returns a.</summary>
    public static Tensor FillInPlace(this Tensor a, double number)
    {
        using Scalar scalar = number;
        return Editable(a).fill_(scalar);
    }

    /// <summary>Every element becomes that of b, rounded to a's type; returns a.</summary>
    public static Tensor CopyInPlace(this Tensor a, Tensor b) => Editable(a).copy_(b);
#pragma warning restore RS0030

    private static Tensor Editable(Tensor a) => is_grad_enabled() && a.requires_grad
        ? throw new InvalidOperationException("This tensor is part of a graph of gradients: it must not be changed in place.")
        : a;
}
