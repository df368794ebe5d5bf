using System.CommandLine;
using System.Text.Json.Nodes;
using Radapt.Models.Published;

namespace Radapt.Cli;

/// <summary><c>radapt weights</c>: which pre-trained weights there are to start from, where, and under which licence.</summary>
internal sealed class WeightsCommand : RadaptCommand
{
    private readonly Argument<string?> _name = new("name")
    {
        HelpName = "[NAME]",
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Name from the list: show everything that is known about these weights. Default: show the list.",
    };

    private readonly Option<bool> _json;

    public WeightsCommand()
        : base("weights", "List pre-trained weights to start from, with address, size and licence. Downloads nothing.")
    {
        Arguments.Add(_name);
        _json = AddJson();
        SetAction(Run);
    }

    public override IReadOnlyList<(string Line, string What)> Examples { get; } =
    [
        ("radapt weights", "The list:"),
        ("radapt weights rad-dino", "Where to get one of them, and the command that starts from it:"),
        ("radapt weights --json", "For a program:"),
    ];

    /// <inheritdoc/>
    public override bool StopsItself => false;

    private int Run(ParseResult parsed)
    {
        PublishedWeights? one = parsed.GetValue(_name) is { } name ? PublishedWeights.Find(name) : null;
        if (parsed.GetValue(_json))
        {
            Terminal.WriteJson(one is not null ? Json(one)
                : new JsonObject { ["weights"] = new JsonArray([.. PublishedWeights.All.Select(Json)]) });
        }
        else
        {
            var terminal = new Terminal(onStandardError: false);
            if (one is null)
            {
                ShowAll(terminal);
            }
            else
            {
                Show(terminal, one);
            }
        }

        return ExitCode.Done;
    }

    private static void ShowAll(Terminal terminal)
    {
        terminal.Rows(["name", "backbone", "parameters", "licence", "limits"], PublishedWeights.All.Select(w => new[]
        {
            w.Name, w.Backbone, w.Parameters, w.Licence, w.Limits,
        }), 2);
        terminal.Line();
        terminal.Line("radapt weights NAME shows where to download these weights, their checksum, and the command that starts from them.");
        terminal.Line("Radapt downloads nothing; docs/weights.md says how to bring weights to a machine without internet access.");
        terminal.Line("These facts come from public pages. Read the licence itself before you use any of these weights.");
    }

    private static void Show(Terminal terminal, PublishedWeights weights)
    {
        terminal.Line($"{weights.Name}: {weights.Title}", strong: true);
        foreach ((string what, string value) in weights.Facts)
        {
            terminal.Line($"  {what}: {value}");
        }

        terminal.Line();
        terminal.Line(weights.Command);
    }

    private static JsonObject Json(PublishedWeights weights)
    {
        var json = new JsonObject { ["name"] = weights.Name, ["title"] = weights.Title };
        foreach ((string what, string value) in weights.Facts)
        {
            json[what.Replace(' ', '_')] = value;
        }

        json["image_size"] = weights.Shape.ImageSize;
        json["dialect"] = weights.Dialect;
        json["command"] = weights.Command;
        return json;
    }
}
