using System.Text.Json;
using Radapt.Runs;

namespace Radapt.Tests.Runs;

/// <summary>A line of <c>metrics.jsonl</c>.</summary>
public class EpochResultTests
{
    // As a version before there was a type for figures wrote it.
    private const string Line = """
        {"epoch":2,"updates":10,"train_loss":0.5,"learning_rate":0.001,"images_per_second":12.5,"seconds":3,"val_auroc":0.75,"val_auroc_by_finding":{"Mass":0.5,"Pleural/Thickening":1},"val_loss":0.25,"best":true}
        """;

    [Fact]
    public void Serialize_WhatWasRead_IsTheSameLine()
    {
        EpochResult epoch = JsonSerializer.Deserialize<EpochResult>(Line, RunFolder.Json)!;
        Assert.Equal((0.75, 0.25, 0.5, 1),
            (epoch.Figure("auroc"), epoch.Figure("loss"), epoch.Figure("auroc/Mass"), epoch.Figure("auroc/Pleural/Thickening")));
        Assert.Equal(Line, JsonSerializer.Serialize(epoch, RunFolder.Json));
    }

    [Fact]
    public void Deserialize_EpochWithoutValidation_HasNoFigures()
    {
        const string Plain =
            """{"epoch":1,"updates":5,"train_loss":"NaN","learning_rate":0.1,"images_per_second":1,"seconds":1,"best":false}""";
        EpochResult epoch = JsonSerializer.Deserialize<EpochResult>(Plain, RunFolder.Json)!;
        Assert.Empty(epoch.Figures);
        Assert.Null(epoch.Figure("auroc"));
        Assert.True(double.IsNaN(epoch.TrainLoss));
        Assert.Equal(Plain, JsonSerializer.Serialize(epoch, RunFolder.Json));
    }

    [Fact]
    public void Deserialize_MissingMember_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<EpochResult>("{\"epoch\":1}", RunFolder.Json));
}
