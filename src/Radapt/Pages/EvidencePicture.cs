using System.Globalization;
using System.Text;

namespace Radapt.Pages;

/// <summary>A gray picture with what each patch adds to a score laid over it, and the outline of what is truly there.</summary>
/// <param name="Side">Pixels of a side.</param>
/// <param name="Png">The picture as PNG.</param>
/// <param name="Patches">(G, G) row by row: above 0 for the score, below 0 against it; empty: the picture alone.</param>
/// <param name="Mask">(Side, Side): other than 0 where the finding is; null: it is not there.</param>
internal sealed record EvidencePicture(int Side, byte[] Png, IReadOnlyList<float> Patches, byte[]? Mask)
{
    private const double Strongest = 0.62; // opacity

    /// <summary>The picture as inline SVG.</summary>
    /// <param name="label">Read aloud.</param>
    /// <param name="scale">The value that is drawn strongest.</param>
    public string ToSvg(string label, double scale)
    {
        int grid = Math.Max(1, (int)Math.Sqrt(Patches.Count));
        int patch = Side / grid;
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {Side} {Side}\" role=\"img\" aria-label=\"{HtmlPage.Text(label)}\">");
        svg.Append($"<image href=\"{HtmlPage.Data(Png)}\" width=\"{Side}\" height=\"{Side}\"/>");
        for (int i = 0; i < Patches.Count; i++)
        {
            double opacity = Strongest * Math.Min(1, Math.Abs(Patches[i]) / scale);
            if (opacity >= 0.02)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(Patches[i] > 0 ? "up" : "down")}\" x=\"{i % grid * patch}\" ");
                svg.Append(CultureInfo.InvariantCulture,
                    $"y=\"{i / grid * patch}\" width=\"{patch}\" height=\"{patch}\" opacity=\"{opacity:0.##}\"/>");
            }
        }

        if (Mask is not null)
        {
            svg.Append($"<path class=\"outline\" d=\"{Outline(Mask)}\"/>");
        }

        return svg.Append("</svg>").ToString();
    }

    // The edges between pixels inside and outside, each as a stroke of its own.
    private string Outline(byte[] mask)
    {
        var path = new StringBuilder();
        for (int y = 0; y <= Side; y++)
        {
            for (int x = 0; x <= Side; x++)
            {
                if (IsIn(x, y) != IsIn(x, y - 1))
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1");
                }

                if (IsIn(x, y) != IsIn(x - 1, y))
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}v1");
                }
            }
        }

        return path.ToString();

        bool IsIn(int x, int y) => x >= 0 && y >= 0 && x < Side && y < Side && mask[(y * Side) + x] != 0;
    }
}
