namespace Radapt.Datasets;

/// <summary>A value of the recipe's data section that was chosen from what the data is.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="Value">Of the type of its property in <see cref="DataOptions"/>.</param>
/// <param name="Reason">Why this value.</param>
internal sealed record DataChoice(string Option, object Value, string Reason);
