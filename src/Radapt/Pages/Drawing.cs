using System.Globalization;
using NetVips;

namespace Radapt.Pages;

/// <summary>
/// A drawing as SVG: inline in the colours of a page, so that it follows light and dark and prints, or as a file of its own, SVG or PNG.
/// </summary>
/// <param name="Title">Above it, and read aloud.</param>
internal abstract record Drawing(string Title)
{
    /// <summary>The look of all drawings; pages have it once.</summary>
    public const string Style = """
        svg text{fill:var(--ink);font-size:12px}
        svg .head{font-weight:600;font-size:13px}
        svg .tick,svg .axis,svg .soft{fill:var(--soft)}
        svg .middle{text-anchor:middle}
        svg .end{text-anchor:end}
        svg .strong{font-weight:600}
        .grid{stroke:var(--line);fill:none}
        .reference{stroke:var(--soft);fill:none;stroke-dasharray:2 4}
        .line{fill:none;stroke-width:2.2;stroke-linejoin:round}
        .thin{stroke-width:1.4}
        .dashed{stroke-dasharray:5 4}
        .c1{stroke:var(--1)}.c2{stroke:var(--2)}.c3{stroke:var(--3)}.c4{stroke:var(--4)}.c5{stroke:var(--5)}.c6{stroke:var(--6)}
        .dot,.mark,.area,.bar{stroke:none}
        .dot{opacity:.55}
        .area{opacity:.16}
        .bar{opacity:.5}
        .f1{fill:var(--1)}.f2{fill:var(--2)}.f3{fill:var(--3)}.f4{fill:var(--4)}.f5{fill:var(--5)}.f6{fill:var(--6)}
        .hollow{fill:var(--card);stroke-width:1.4}
        .box{fill:var(--card);stroke:var(--soft);stroke-width:1}
        .side{fill:var(--paper);stroke:var(--line);stroke-width:1}
        .arrow{stroke:var(--soft);fill:none;stroke-width:1.2}
        .tip{fill:var(--soft);stroke:none}
        """;

    private const string Fonts = "\"DejaVu Sans\",\"Segoe UI\",Roboto,Helvetica,Arial,sans-serif";

    /// <summary>Width in units of the drawing.</summary>
    public int Width { get; init; } = 340;

    /// <summary>Height in units of the drawing.</summary>
    public int Height { get; init; } = 250;

    /// <summary>The drawing for a page that has <see cref="Style"/>.</summary>
    public string ToSvg() => Element("class=\"chart\" ", "", Height);

    /// <summary>The drawing as a file of its own, in light colours on white.</summary>
    public string ToFile()
    {
        var key = new SvgText();
        int height = Height + DrawKey(key);
        return Element($"xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" font-family='{Fonts}' ",
            $"<style>{PageColours.Resolve(Style).ReplaceLineEndings("")}</style><rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>{key}",
            height);
    }

    /// <summary>The drawing as a PNG file.</summary>
    /// <param name="scale">Pixels for every unit of the drawing.</param>
    public byte[] ToPng(double scale = 3)
    {
        NativeLibraries.RequireImages();
        using var picture = Image.SvgloadBuffer(System.Text.Encoding.UTF8.GetBytes(ToFile()), scale: scale);
        using Image opaque = picture.Flatten(background: [255.0, 255.0, 255.0]);
        return opaque.PngsaveBuffer(compression: 9, palette: true, q: 100);
    }

    /// <summary>Draws everything, the title included.</summary>
    protected abstract void Draw(SvgText svg);

    /// <summary>Draws below the drawing what its colours mean, where it is a file of its own; pages say so once for several.</summary>
    /// <returns>The height that this takes.</returns>
    protected virtual int DrawKey(SvgText svg) => 0;

    private string Element(string attributes, string first, int height)
    {
        var svg = new SvgText();
        Draw(svg);
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg {attributes}viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{HtmlPage.Text(Title)}\">{first}{svg}</svg>");
    }
}
