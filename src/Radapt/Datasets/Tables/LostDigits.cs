using System.Text.RegularExpressions;

namespace Radapt.Datasets.Tables;

/// <summary>Long numbers that a spreadsheet has saved in scientific notation, such as <c>2,02300E+11</c>: their digits are lost.</summary>
internal static partial class LostDigits
{
    /// <summary>A sentence for errors.</summary>
    public const string WhatToDo =
        "it contains long numbers in scientific notation, as Excel saves them, and their last digits are lost. Format the column as text in the source, "
            + "enter the numbers again and save the table.";

    /// <summary>The line of the column's first such cell; null: there is none.</summary>
    public static int? Find(CsvCells cells, int column)
    {
        foreach ((int line, string[] row) in cells.Rows)
        {
            if (Pattern().IsMatch(row[column]))
            {
                return line;
            }
        }

        return null;
    }

    [GeneratedRegex("^[1-9]([.,][0-9]+)?[eE]\\+?[0-9]{1,2}$")]
    private static partial Regex Pattern();
}
