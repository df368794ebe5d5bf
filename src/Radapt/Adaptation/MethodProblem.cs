namespace Radapt.Adaptation;

/// <summary>An option whose value does not fit.</summary>
/// <param name="Option">Its name, without dashes.</param>
/// <param name="Text">What is wrong and what to do.</param>
internal sealed record MethodProblem(string Option, string Text);
