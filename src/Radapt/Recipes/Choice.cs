namespace Radapt.Recipes;

/// <summary>A value that Radapt chooses or reads off the weights, and why.</summary>
/// <param name="Value">The value.</param>
/// <param name="Reason">Why; null where there is nothing to say.</param>
/// <param name="Origin">Who decided it.</param>
internal readonly record struct Choice<T>(T Value, string? Reason, string Origin = ResolvedValue.ByDefault);
