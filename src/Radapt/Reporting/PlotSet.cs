using System.Text;
using Radapt.Pages;

namespace Radapt.Reporting;

/// <summary>The plots of a report, by name, so that each can also be a file.</summary>
internal sealed class PlotSet
{
    private readonly OrderedDictionary<string, Drawing> _plots = [];

    /// <summary>The plots, by file name without ending.</summary>
    public IReadOnlyDictionary<string, Drawing> Plots => _plots;

    /// <summary>Adds a plot.</summary>
    /// <param name="name">What it shows, such as <c>roc Effusion</c>; from it the file is named.</param>
    /// <param name="plot">The plot.</param>
    /// <param name="about">What a page says above the plot and a file of its own has to say in its title, such as the finding; null:
    /// nothing.</param>
    /// <returns>The plot for a page.</returns>
    public string Add(string name, Drawing plot, string? about = null)
    {
        string file = FileName(name);
        string unique = file;
        for (int i = 2; _plots.ContainsKey(unique); i++)
        {
            unique = $"{file}-{i}";
        }

        _plots[unique] = about is null ? plot : plot with { Title = $"{plot.Title}: {about}" };
        return plot.ToSvg();
    }

    /// <summary>Writes every plot as SVG and as PNG.</summary>
    /// <param name="folder">A folder, which is made if need be.</param>
    /// <exception cref="RadaptException">A file cannot be written.</exception>
    public void Write(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RadaptException($"{folder}: the folder cannot be created ({e.Message}). Give another --plots.", e);
        }

        foreach ((string name, Drawing plot) in _plots)
        {
            AtomicFile.WriteText(Path.Combine(folder, $"{name}.svg"), plot.ToFile());
            AtomicFile.Write(Path.Combine(folder, $"{name}.png"), file => file.Write(plot.ToPng()));
        }
    }

    // Names of findings may hold anything; letters of all languages stay.
    private static string FileName(string name)
    {
        var file = new StringBuilder();
        foreach (char c in name.ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c))
            {
                file.Append(c);
            }
            else if (file.Length > 0 && file[^1] != '-')
            {
                file.Append('-');
            }
        }

        string trimmed = file.ToString().Trim('-');
        return trimmed.Length == 0 ? "plot" : trimmed[..Math.Min(trimmed.Length, 80)];
    }
}
