namespace Radapt.Compute;

/// <summary>What <c>--precision auto</c> and the choice of kernels go by.</summary>
/// <param name="Precision"><c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Products">How float32 products run.</param>
/// <param name="Reason">What was asked and measured, for people.</param>
internal sealed record ProductChoice(string Precision, string Products, string Reason);
