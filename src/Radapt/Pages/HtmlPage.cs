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
        *{box-sizing:border-box}
        body{margin:0;background:var(--paper);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1080px;margin:0 auto;padding:28px 20px 60px}
        h1{font-size:30px;line-height:1.2;margin:8px 0 6px;letter-spacing:-.01em}
        h2{font-size:20px;margin:0 0 8px}
        h3{font-size:16px;margin:22px 0 6px}
        p{margin:8px 0;max-width:76ch}
        .lead{font-size:18px;color:var(--soft)}
        section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 24px;margin:18px 0}
        nav{font-size:14px;margin:14px 0 0;display:flex;flex-wrap:wrap;gap:4px 18px}
        a{color:var(--1)}
        ul,ol{margin:8px 0;padding-left:22px;max-width:76ch}
        li{margin:4px 0}
        .note{color:var(--soft);font-size:14px}
        .warn{background:var(--mark);border-left:4px solid var(--mark-line);padding:10px 14px;border-radius:0 8px 8px 0;max-width:76ch}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:12px;margin:16px 0}
        .tile{background:var(--tint);border-radius:10px;padding:12px 16px}
        .tile b{display:block;font-size:26px;line-height:1.25;font-variant-numeric:tabular-nums;letter-spacing:-.01em}
        .tile span{color:var(--soft);font-size:14px}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;margin:12px 0;font-variant-numeric:tabular-nums}
        th,td{padding:7px 16px 7px 0;text-align:left;border-bottom:1px solid var(--line)}
        thead th{font-size:14px;color:var(--soft);font-weight:600;vertical-align:bottom}
        tbody th{font-weight:400}
        td.number,th.number{text-align:right;padding-right:0;padding-left:26px;white-space:nowrap}
        td .sd,.soft{color:var(--soft);font-size:14px}
        td.best,tr.total td,tr.total th{font-weight:700}
        tr.other td,tr.other th{color:var(--soft);font-size:14px}tr.below th{padding-left:18px}
        tr.below td,tr.below th{color:var(--soft);font-size:14px;padding-top:2px}tr.heading th,tr.heading td{font-weight:600}
        table.words td,table.words th{vertical-align:top;font-size:14px;padding-top:4px;padding-bottom:4px}
        mark{background:var(--mark);color:inherit;padding:1px 5px;border-radius:4px}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(290px,1fr));gap:14px;align-items:start}
        .charts.two{grid-template-columns:repeat(auto-fill,minmax(380px,1fr))}
        .wide{max-width:720px}
        svg.chart{width:100%;height:auto;display:block}
        .legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:14px;max-width:none}
        .legend span{white-space:nowrap}
        .pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(128px,1fr));gap:14px}
        .errors{display:grid;grid-template-columns:repeat(auto-fill,minmax(420px,1fr));gap:14px}
        .triple{display:grid;grid-template-columns:repeat(3,1fr);gap:4px}
        figure{margin:0}
        figure svg,figure img{width:100%;height:auto;display:block;border-radius:6px}
        figcaption{font-size:13px;color:var(--soft);margin-top:4px;line-height:1.35}
        img.sheet{width:100%;max-width:760px;image-rendering:pixelated;border-radius:6px;display:block}
        .up{fill:var(--up)}.down{fill:var(--down)}
        .outline{fill:none;stroke:#ffe14d;stroke-width:.7}
        code,pre{font:14px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
        code{overflow-wrap:anywhere}
        pre{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow:auto;white-space:pre-wrap}
        dt{font-weight:600;margin-top:8px}
        dd{margin:0;color:var(--soft);max-width:76ch}
        @page{margin:16mm 14mm}
        @media print{body{font-size:10.5pt;background:#fff}main{padding:0;max-width:none}nav{display:none}
        section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10px 0;margin:8px 0}
        svg.chart,figure,tr,.tile,.warn,.finding{break-inside:avoid}h2,h3,thead,dt{break-after:avoid}section.new{break-before:page}
        .scroll{overflow:visible}table{font-size:9pt;max-width:100%}thead th,td .sd,.soft,.legend{font-size:8pt}
        tr.other td,tr.other th,tr.below td,tr.below th{font-size:8.5pt}
        th,td{padding:3px 8px 3px 0}td.number,th.number{padding-left:8px;white-space:normal}
        table.words td,table.words th{font-size:8.5pt}.tiles{grid-template-columns:repeat(4,1fr)}.tile b{font-size:18pt}
        .charts{grid-template-columns:repeat(3,1fr)}.charts.two{grid-template-columns:repeat(2,1fr)}pre{white-space:pre-wrap}
        .pictures{grid-template-columns:repeat(6,1fr);gap:8px}svg.chart+p.soft,figure+p.soft{break-before:avoid}
        a{color:inherit;text-decoration:none}.wide{max-width:150mm}}
        """;

    private readonly StringBuilder _sections = new();
    private readonly StringBuilder _contents = new();

    /// <summary>Whether links to the sections are shown under the heading.</summary>
    public bool HasContents { get; init; }

    /// <summary>Adds a section.</summary>
    /// <param name="id">Its anchor.</param>
    /// <param name="heading">Text.</param>
    /// <param name="content">HTML.</param>
    /// <param name="onNewPage">It begins on a new page where it is printed.</param>
    public void Add(string id, string heading, string content, bool onNewPage = false)
    {
        _contents.Append($"<a href=\"#{id}\">{Text(heading)}</a>\n");
        _sections.Append($"<section id=\"{id}\"{(onNewPage ? " class=\"new\"" : "")}>\n<h2>{Text(heading)}</h2>\n{content}\n</section>\n");
    }

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
        {PageColours.Declarations}
        {Style}
        {Drawing.Style}
        </style>
        </head>
        <body>
        <main>
        <h1>{Text(title)}</h1>
        <p class="lead">{lead}</p>
        {(HasContents ? $"<nav>{_contents}</nav>" : "")}
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
