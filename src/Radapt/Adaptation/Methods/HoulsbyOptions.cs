namespace Radapt.Adaptation.Methods;

/// <summary>Options of Houlsby's adapters.</summary>
public sealed record HoulsbyOptions() : BottleneckOptions("houlsby");
