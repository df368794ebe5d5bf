using Radapt.Datasets.Phantoms;

namespace Radapt.Tests.Cli;

/// <summary>Sixty small phantoms and an undisturbed run on them, made by the command line once for all tests of this folder.</summary>
public sealed class TinyRun : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Where the tests work.</summary>
    public string Folder => _folder.Path;

    /// <summary>The phantoms' folder.</summary>
    public string Data => _folder["phantoms"];

    /// <summary>The undisturbed run.</summary>
    public string Run => _folder["run"];

    internal RadaptResult Result { get; private set; } = null!;

    /// <summary>The arguments of a run that takes a second or two.</summary>
    internal string[] FineTune(string run, params string[] more) =>
    [
        "finetune", "--data", Data, "--from-scratch", "--backbone", "vit_tiny_patch16_224", "--image-size", "16", "--patch-size", "4",
        "--depth", "2", "--width", "32", "--heads", "2", "--method", "lora", "--drop-path", "0.1", "--batch-size", "8", "--epochs", "50",
        "--precision", "float32", "--products", "linear", "--threads", "1", "--loader-threads", "1", "--plain-names", "--patience", "0",
            "--out", run, .. more,
    ];

    public async ValueTask InitializeAsync()
    {
        PhantomSet.Write(Data, new PhantomOptions
        {
            Count = 60,
            Size = 20,
            Seed = 1,
            Difficulty = PhantomDifficulty.Easy,
            Findings = [PhantomFinding.Effusion, PhantomFinding.Cardiomegaly],
        });
        Result = await RadaptProcess.Run(Folder, FineTune(Run, "--json"));
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return default;
    }
}

/// <summary>One after the other: each test runs whole processes.</summary>
[CollectionDefinition(Name)]
public sealed class WholeCommands : ICollectionFixture<TinyRun>
{
    public const string Name = "command line";
}
