namespace Radapt.Datasets.Tables;

/// <summary>A sheet of a workbook.</summary>
/// <param name="Title">Its name.</param>
/// <param name="Part">Where the workbook has its cells.</param>
/// <param name="IsHidden">Spreadsheet programs do not show it.</param>
internal sealed record WorkbookSheet(string Title, string Part, bool IsHidden)
{
    /// <summary>Its name in messages.</summary>
    public string Shown => $"'{Title}'{(IsHidden ? " (hidden)" : "")}";
}
