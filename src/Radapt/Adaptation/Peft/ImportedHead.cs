using Radapt.Adaptation.Files;
using Radapt.Models;
using static TorchSharp.torch;

namespace Radapt.Adaptation.Peft;

/// <summary>The head of an imported adapter: its own, completed by that of the base weights; never left out.</summary>
internal sealed class ImportedHead
{
    private static readonly string[] s_names = ["fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias"];

    private readonly Dictionary<string, Tensor> _tensors = [];

    /// <param name="request">For pooling and findings where they are given.</param>
    /// <param name="adapter">Where the head is looked for first.</param>
    /// <param name="ofBase">The base weights' head.</param>
    /// <param name="shape">The backbone, whose width the head must have.</param>
    /// <exception cref="RadaptException">There is none, or it does not fit.</exception>
    public ImportedHead(ImportRequest request, ForeignAdapter adapter, IReadOnlyDictionary<string, Tensor> ofBase, BackboneShape shape)
    {
        foreach (string name in s_names)
        {
            if ((adapter.Saved.GetValueOrDefault(name) ?? ofBase.GetValueOrDefault(name)) is { } tensor)
            {
                _tensors[name] = tensor;
            }
        }

        IsOfBase = !adapter.Saved.ContainsKey("head.weight");
        if (!_tensors.TryGetValue("head.weight", out Tensor? weight))
        {
            throw new RadaptException(
                $"{request.Source}: its classification head is missing (no head.weight or classifier.weight here or in the base weights). "
                    + "Save the adapter with modules_to_save=[\"head\"].");
        }

        Pooling = request.Pooling ?? adapter.Facts?.Pooling
            ?? (_tensors.ContainsKey("fc_norm.weight") ? Pooling.Mean
                : weight.shape[^1] == 2L * shape.Width ? Pooling.ClassAndMean : Pooling.ClassToken);
        Findings = weight.dim() == 2 ? (int)weight.shape[0] : 0;
        _tensors.TryAdd("head.bias", zeros(Findings));
        CheckNorm(request);
        CheckShapes(request, shape, weight);
    }

    /// <summary>
    /// What it reads: the mean of the patches where there is an <c>fc_norm</c>, class token and mean where it is twice as wide as a token,
    /// unless the request or Radapt's own facts say otherwise.
    /// </summary>
    public Pooling Pooling { get; }

    /// <summary>Its outputs.</summary>
    public int Findings { get; }

    /// <summary>Whether the adapter holds none, so that it is the base weights'.</summary>
    public bool IsOfBase { get; }

    /// <summary><c>head.*</c>, and <c>fc_norm.*</c> where the pooling needs it.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    private void CheckNorm(ImportRequest request)
    {
        if (Pooling != Pooling.Mean)
        {
            _tensors.Remove("fc_norm.weight");
            _tensors.Remove("fc_norm.bias");
        }
        else if (!_tensors.ContainsKey("fc_norm.weight") || !_tensors.ContainsKey("fc_norm.bias"))
        {
            throw new RadaptException(
                $"{request.Source}: fc_norm is missing, which mean pooling needs. Save the adapter with modules_to_save=[\"head\", "
                    + "\"fc_norm\"], or give --pooling class-token.");
        }
    }

    private void CheckShapes(ImportRequest request, BackboneShape shape, Tensor weight)
    {
        string? wrong = Findings == 0 || weight.shape[1] != ClassificationHead.InputWidth(shape, Pooling) ? "head.weight"
            : _tensors.Keys.FirstOrDefault(
                n => n != "head.weight" && !_tensors[n].shape.SequenceEqual([n == "head.bias" ? Findings : shape.Width]));
        if (wrong is not null)
        {
            throw new RadaptException(
                $"{request.Source}: its {wrong} ({string.Join(", ", _tensors[wrong].shape)}) does not fit a backbone of width "
                    + $"{shape.Width}{(wrong == "head.bias" ? $" with {Findings} findings" : "")}.");
        }

        if (request.Findings is { } named && named.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { Key: { } twice })
        {
            throw new RadaptException($"{request.Source}: --findings names {twice} twice; give each output its own name.");
        }

        if (request.Findings is { } names && names.Count != Findings)
        {
            throw new RadaptException(
                $"{request.Source}: its head has {Findings} outputs, but --findings names {names.Count}. Name {Findings}.");
        }
    }
}
