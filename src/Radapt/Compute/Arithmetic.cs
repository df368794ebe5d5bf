using TorchSharp;
using static TorchSharp.torch;

namespace Radapt.Compute;

/// <summary>
/// Tensor arithmetic with C# numbers. TorchSharp wraps each number (and the 1 of a + b) into a native object, which the garbage
/// collector may free while the native call still reads it: rarely, and more often on a busy machine, the call then fails or computes
/// with another number (0.107; ArithmeticTests shows it). Here the object lives until the call is over. BannedSymbols.txt rules the plain forms out.
/// </summary>
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
    public static Tensor Add(this Tensor a, Tensor b) => a.add_(b, s_one);

    /// <summary>a := a + factor b; returns a.</summary>
    public static Tensor Add(this Tensor a, Tensor b, double factor)
    {
        using Scalar scalar = factor;
        return a.add_(b, scalar);
    }

    /// <summary>a := a + number; returns a.</summary>
    public static Tensor Add(this Tensor a, double number)
    {
        using Scalar scalar = number;
        return a.add_(scalar, s_one);
    }

    /// <summary>a := a x factor; returns a.</summary>
    public static Tensor Scale(this Tensor a, double factor)
    {
        using Scalar scalar = factor;
        return a.mul_(scalar);
    }

    /// <summary>a := a / divisor; returns a.</summary>
    public static Tensor Divide(this Tensor a, double divisor)
    {
        using Scalar scalar = divisor;
        return a.div_(scalar);
    }

    /// <summary>a := a + factor b x c; returns a.</summary>
    public static Tensor AddProduct(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor;
        return a.addcmul_(b, c, scalar);
    }

    /// <summary>a := a + factor b / c; returns a.</summary>
    public static Tensor AddQuotient(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor;
        return a.addcdiv_(b, c, scalar);
    }

    /// <summary>Every element becomes the number; returns a.</summary>
    public static Tensor Fill(this Tensor a, double number)
    {
        using Scalar scalar = number;
        return a.fill_(scalar);
    }
#pragma warning restore RS0030
}
