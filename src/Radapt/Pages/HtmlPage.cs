using System.Net;
using System.Text;

namespace Radapt.Pages;

/// <summary>
/// One HTML file that needs nothing else: no script, no network, pictures inside. Light and dark follow the reader's system, and it
/// prints.
/// </summary>
/// <param name="title">Its heading.</param>
/// <param name="lead">What it is about, HTML.</param>
internal sealed class HtmlPage(string title, string lead)
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#1b2330;--soft:#566173;--paper:#f6f7f9;--card:#fff;--line:#dfe3e9;--1:#1f5fc4;--2:#c4560a;
        --3:#0b7d62;--4:#7a3fb0;--up:#d0342c;--down:#2f6fd0}
        @media(prefers-color-scheme:dark){:root{--ink:#e7ebf1;--soft:#9ca8b8;--paper:#10141a;--card:#181e26;--line:#2c3541;--1:#7fb2ff;
        --2:#ffab66;--3:#5ed3b1;--4:#c79bf2;--up:#ff7a70;--down:#77aaff}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}
        h1{font-size:30px;line-height:1.2;margin:8px 0 6px;letter-spacing:-.01em}
        h2{font-size:20px;margin:0 0 8px}
        p{margin:8px 0;max-width:76ch}
        .lead{font-size:18px;color:var(--soft)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 24px;margin:18px 0}
        ul,ol{margin:8px 0;padding-left:22px;max-width:76ch}
        li{margin:4px 0}
        .note{color:var(--soft);font-size:14px}
        table{border-collapse:collapse;margin:12px 0;font-variant-numeric:tabular-nums}
        th,td{padding:7px 16px 7px 0;text-align:left;border-bottom:1px solid var(--line)}
        thead th{font-size:14px;color:var(--soft);font-weight:600}
        td.number,th.number{text-align:right;padding-right:0;padding-left:26px}
        td .sd{color:var(--soft);font-size:14px}
        td.best{font-weight:700}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:14px;align-items:start}
        .wide{max-width:640px}
        svg.chart{width:100%;height:auto;display:block}
        svg text{fill:var(--ink);font-size:12px}
        svg .head{font-weight:600;font-size:13px}
        svg .tick,svg .axis{fill:var(--soft)}
        svg .middle{text-anchor:middle}
        svg .end{text-anchor:end}
        .grid{stroke:var(--line);fill:none}
        .line{fill:none;stroke-width:2.2;stroke-linejoin:round}
        .dashed{stroke-dasharray:5 4}
        .c1{stroke:var(--1)}.c2{stroke:var(--2)}.c3{stroke:var(--3)}.c4{stroke:var(--4)}
        .dot,.mark{stroke:none}
        .dot{opacity:.55}
        .dot.c1,.mark.c1{fill:var(--1)}.dot.c2,.mark.c2{fill:var(--2)}.dot.c3,.mark.c3{fill:var(--3)}.dot.c4,.mark.c4{fill:var(--4)}
        .dot.hollow{fill:none;stroke-width:1.2}
        .dot.hollow.c1{stroke:var(--1)}.dot.hollow.c2{stroke:var(--2)}.dot.hollow.c3{stroke:var(--3)}
        .legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:14px;max-width:none}
        .legend span{white-space:nowrap}
        .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:14px}
        figure{margin:0}
        figure svg,figure img{width:100%;height:auto;display:block;border-radius:6px}
        figcaption{font-size:13px;color:var(--soft);margin-top:4px;line-height:1.35}
        img.sheet{width:100%;max-width:760px;image-rendering:pixelated;border-radius:6px;display:block}
        .up{fill:var(--up)}.down{fill:var(--down)}
        .outline{fill:none;stroke:#ffe14d;stroke-width:.7}
        code,pre{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        pre{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow:auto;white-space:pre-wrap}
        dt{font-weight:600;margin-top:8px}
        dd{margin:0;color:var(--soft);max-width:76ch}
        @media print{:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--card:#fff;--line:#bbb;--1:#1f5fc4;--2:#c4560a;--3:#0b7d62;
        --4:#7a3fb0}
        body{font-size:11pt}main{padding:0;max-width:none}section{border:0;padding:6px 0;margin:6px 0}svg.chart,figure,table,tr{break-inside:avoid}
        h2{break-after:avoid}}
        """;

    private readonly StringBuilder _sections = new();

    /// <summary>Adds a section.</summary>
    /// <param name="id">Its anchor.</param>
    /// <param name="heading">Text.</param>
    /// <param name="content">HTML.</param>
    public void Add(string id, string heading, string content) =>
        _sections.Append($"<section id=\"{id}\">\n<h2>{Text(heading)}</h2>\n{content}\n</section>\n");

    /// <summary>The page.</summary>
    public override string ToString() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <title>{Text(title)}</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{Text(title)}</h1>
        <p class="lead">{lead}</p>
        {_sections}</main>
        </body>
        </html>

        """;

    /// <summary>Text as HTML has it.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Paragraphs of a list.</summary>
    /// <param name="items">HTML.</param>
    public static string List(IEnumerable<string> items) => $"<ul>{string.Concat(items.Select(i => $"<li>{i}</li>"))}</ul>";

    /// <summary>A PNG file within the page.</summary>
    public static string Data(ReadOnlySpan<byte> png) => $"data:image/png;base64,{Convert.ToBase64String(png)}";
}
