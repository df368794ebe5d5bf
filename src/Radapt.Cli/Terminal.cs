using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Radapt.Cli;

/// <summary>Draws a table that can be drawn over again.</summary>
/// <param name="headings">Headings.</param>
/// <param name="rows">Rows.</param>
/// <param name="line">A line below it.</param>
internal delegate void DrawTable(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows, string line);

/// <summary>
/// What people read: coloured, with a line that moves, on a terminal; plain lines elsewhere. With --json it is standard error, so that
/// standard output holds nothing but the JSON. Texts are never read as markup: file names may hold anything.
/// </summary>
internal sealed class Terminal
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly IAnsiConsole _console;

    /// <param name="onStandardError">Write to standard error.</param>
    public Terminal(bool onStandardError)
    {
        // mpirun gives every rank a terminal, even where its own output goes to a file.
        IsLive = !Ranks.AreSeveral && !(onStandardError ? Console.IsErrorRedirected : Console.IsOutputRedirected);
        bool colour = IsLive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(onStandardError ? Console.Error : Console.Out),
            Ansi = IsLive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsLive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        IsLive &= _console.Profile.Capabilities.Ansi;
        if (!IsLive)
        {
            _console.Profile.Width = 1000; // a log's lines are not broken
        }
    }

    /// <summary>Whether a line can be drawn over again.</summary>
    public bool IsLive { get; }

    /// <summary>Columns.</summary>
    public int Width => _console.Profile.Width;

    /// <summary>One JSON object on standard output.</summary>
    public static void WriteJson(JsonNode node) => Console.Out.WriteLine(PrintableText.EscapeMarks(node.ToJsonString(s_json)));

    /// <summary>An empty line.</summary>
    public void Line() => _console.WriteLine();

    /// <summary>A line; long ones are broken at words.</summary>
    public void Line(string text, bool strong = false) =>
        _console.Write(new Text(Printable(text) + "\n", new Style(decoration: strong ? Decoration.Bold : Decoration.None)));

    /// <summary>Notes, a line each.</summary>
    public void Notes(IEnumerable<string> notes)
    {
        foreach (string note in notes)
        {
            Line($"Note: {note}");
        }
    }

    /// <summary>A table without frame; the columns named in <paramref name="numbers"/> are aligned to the right.</summary>
    public void Rows(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, params int[] numbers)
    {
        _console.Write(Frameless(headings, rows, numbers));
    }

    private static Table Frameless(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, params int[] numbers)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        for (int i = 0; i < headings.Count; i++)
        {
            var column = new TableColumn(new Text(headings[i], new Style(decoration: Decoration.Bold)))
            {
                Padding = new Padding(i == 0 ? 2 : 1, 0, 1, 0),
            };
            column.Alignment = numbers.Contains(i) ? Justify.Right : Justify.Left;
            table.AddColumn(column);
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable(cell))));
        }

        return table;
    }

    /// <summary>
    /// Runs work with a line that can be drawn over again; it is gone afterwards. Elsewhere than on a terminal the line is not shown.
    /// </summary>
    public T WithLiveLine<T>(Func<Action<string>, T> work) => !IsLive
        ? work(static _ => { })
        : _console.Live(new Text("")).AutoClear(true)
        .Start(context => work(text => context.UpdateTarget(new Text(Printable(text)).Overflow(Overflow.Ellipsis))));

    /// <summary>
    /// Runs work with a table below what is written, which can be drawn over again: headings, rows, and a line below them. It is gone
    /// afterwards. Elsewhere than on a terminal it is not shown.
    /// </summary>
    public T WithLiveTable<T>(Func<DrawTable, T> work) => !IsLive
        ? work(static (_, _, _) => { })
        : _console.Live(new Text("")).AutoClear(true).Start(context => work((headings, rows, line) => context.UpdateTarget(
            new Spectre.Console.Rows(Frameless(headings, rows), new Text(Printable(line)).Overflow(Overflow.Ellipsis)))));

    private static string Printable(string text) => PrintableText.Escape(text);
}
