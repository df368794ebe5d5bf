namespace Radapt.Adaptation;

/// <summary>Default learning rates of a method, and why.</summary>
internal sealed record MethodRates(double AdamW, string AdamWReason, double Sgd, string SgdReason);
