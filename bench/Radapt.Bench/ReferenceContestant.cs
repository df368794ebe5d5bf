using Radapt.Adaptation;
using Radapt.Benchmarks;
using Radapt.Compute;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Bench;

/// <summary>A step of the <see cref="ReferenceTransformer"/>, with Radapt's own weights, images and labels.</summary>
internal sealed class ReferenceContestant : IContestant
{
    private readonly bool _trains;
    private readonly ReferenceTransformer _model;
    private readonly optim.Optimizer? _optimizer;
    private readonly Tensor _images; // (B, 3, S, S)
    private readonly Tensor _labels; // (B, F)

    /// <param name="step">One of <see cref="BenchmarkedStep.Names"/>.</param>
    /// <param name="options">Model and batch.</param>
    /// <param name="dropout">With the recipes' LoRA dropout and stochastic depth, from the tensor library's generator.</param>
    public ReferenceContestant(string step, BenchmarkOptions options, bool dropout = true)
    {
        _trains = step != BenchmarkedStep.Inference;
        string method = BenchmarkedStep.Method(step);
        bool hasLora = _trains && method == "lora"; // merged otherwise
        double dropPath = dropout && method != "linear" ? 0.1 : 0;
        _model = new ReferenceTransformer(options.Backbone, options.Findings, hasLora ? options.Rank : 0, dropout ? 0.1 : 0, dropPath);
        using (var radapt = new StepSession(step, options, ComputePlan.Float32, dropout: false))
        {
            CopyWeights(radapt.Classifier, hasLora);
            _images = radapt.Images.expand(-1, 3, -1, -1).contiguous().DetachFromDisposeScope();
            _labels = tensor(radapt.Labels.Select(l => (float)l).ToArray(), options.BatchSize, options.Findings).DetachFromDisposeScope();
            _model.eval();
            Difference = Math.Abs(Evaluate() - radapt.Step());
        }

        foreach ((string name, TorchSharp.Modules.Parameter parameter) in _model.named_parameters())
        {
            bool isHead = name.StartsWith("head.", StringComparison.Ordinal) || name.StartsWith("fc_norm.", StringComparison.Ordinal);
            bool isLora = name.Contains("_A.", StringComparison.Ordinal) || name.Contains("_B.", StringComparison.Ordinal);
            parameter.requires_grad = _trains && (method == "full" || isHead || isLora);
        }

        if (_trains)
        {
            _model.train();
            _optimizer = optim.AdamW(_model.parameters().Where(p => p.requires_grad), lr: 1e-4, weight_decay: 0.05);
        }
    }

    /// <inheritdoc/>
    public double Difference { get; }

    /// <inheritdoc/>
    public void Step()
    {
        if (_optimizer is null)
        {
            Evaluate();
            return;
        }

        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        Tensor loss = F.binary_cross_entropy_with_logits(_model.forward(_images), _labels);
        loss.backward();
        _optimizer.step();
        loss.item<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer?.Dispose();
        _model.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }

    /// <summary>The loss, or for inference the mean probability, as <see cref="StepSession.Step()"/> gives it.</summary>
    private double Evaluate()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor logits = _model.forward(_images);
        return (_trains ? F.binary_cross_entropy_with_logits(logits, _labels) : logits.sigmoid().mean()).item<float>();
    }

    private void CopyWeights(Classifier radapt, bool hasLora)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> from = radapt.Tensors().ToDictionary(t => t.Name, t => t.Tensor);
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in _model.named_parameters())
        {
            if (!name.Contains("_A.", StringComparison.Ordinal) && !name.Contains("_B.", StringComparison.Ordinal))
            {
                parameter.CopyInPlace(from[CheckpointName(name)]);
            }
        }

        for (int i = 0; i < _model.blocks.Count; i++)
        {
            ReferenceAttention attention = _model.blocks[i].attn;
            if (hasLora)
            {
                Tensor[] a = from[$"blocks.{i}.attn.qkv.lora_A"].chunk(2); // q, v
                Tensor[] b = from[$"blocks.{i}.attn.qkv.lora_B"].chunk(2);
                attention.q_A!.weight.CopyInPlace(a[0]);
                attention.v_A!.weight.CopyInPlace(a[1]);
                attention.q_B!.weight.CopyInPlace(b[0]);
                attention.v_B!.weight.CopyInPlace(b[1]);
            }
            else if (radapt.Encoder.blocks[i].attn.qkv.Adapter is MergedProjection merged)
            {
                attention.qkv.weight.CopyInPlace(merged.Weight);
            }
        }
    }

    // Two names differ: the reference has no module for the patch embedding and none for the MLP.
    private static string CheckpointName(string name) =>
        name.StartsWith("proj.", StringComparison.Ordinal) ? "patch_embed." + name
        : name.Replace(".fc1.", ".mlp.fc1.", StringComparison.Ordinal).Replace(".fc2.", ".mlp.fc2.", StringComparison.Ordinal);
}
