using Radapt.Adaptation.Peft;
using Radapt.Checkpoints;
using Radapt.Models.Dialects;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Files;

/// <summary>
/// Other programs' adapters as Radapt's: PEFT's, and those of the paper's code. LoRA stays LoRA wherever Radapt has a slot for it; where it
/// has none (LoRA on the patch embedding, trained biases) the result is the whole adapted model, method full. Nothing is left out silently.
/// </summary>
public static class AdapterImport
{
    /// <summary>Reads, checks and writes.</summary>
    /// <exception cref="RadaptException">The source is damaged or of another kind, its head is missing, or the base weights do not
    /// fit.</exception>
    public static ImportReport Run(ImportRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return PeftFolder.Is(request.Source) || Directory.Exists(request.Source) ? FromPeft(request) : FromPaperCheckpoint(request);
    }

    private static ImportReport FromPeft(ImportRequest request)
    {
        if (request.Alpha is not null)
        {
            throw new RadaptException(
                $"{request.Source}: --alpha is for checkpoints of the paper's code; PEFT's {PeftConfig.FileName} "
                    + "states alpha. Leave --alpha out.");
        }

        ForeignAdapter adapter = PeftImport.Read(request.Source);
        bool scratch = adapter.Facts?.BaseSha256.StartsWith("scratch:", StringComparison.Ordinal) == true;
        if (request.Weights is null && !scratch)
        {
            throw new RadaptException($"{request.Source}: a PEFT adapter needs its base weights; give them with --weights.");
        }

        using BackboneWeights? weights = request.Weights is null ? null
            : adapter.Facts is { } facts && request.Copy == EncoderCopies.Auto
            ? BackboneWeights.OpenByHash(request.Weights, facts.BaseSha256)
            : BackboneWeights.Open(request.Weights, copy: request.Copy);
        var making = new AdapterBuilder(request, adapter, weights);
        making.CheckBase();
        return making.Finish(request.Weights);
    }

    private static ImportReport FromPaperCheckpoint(ImportRequest request)
    {
        using CheckpointFile file = CheckpointFile.Open(request.Source);
        ForeignAdapter adapter = PaperCheckpoint.Read(file, request.Alpha ?? PaperCheckpoint.Alpha);
        if (request.Weights is null && WeightsDialect.Recognise(
            file) is { Dialect: Dialect.MedPeftLora, EncoderTensors: null, Problem: null })
        {
            throw new RadaptException(
                $"{request.Source}: this file contains an adapter without its base weights; give them with --weights.");
        }

        using BackboneWeights weights = BackboneWeights.Open(request.Weights ?? request.Source, copy: request.Weights is null
            ? EncoderCopies.Auto : request.Copy);
        var making = new AdapterBuilder(request, adapter, weights);
        making.TakeBaseOf(file);
        return making.Finish(request.Weights);
    }
}
