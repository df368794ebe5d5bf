using Radapt.Compute;
using Radapt.Models;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Radapt.Pretraining.Reports;

/// <summary>
/// MRM's report decoder (Zhou et al. 2023): a BERT that predicts masked words from the others and from what the encoder has seen of the
/// image. Its tensors are named as in MRM's checkpoints, where they stand beside those of the encoder and of the image decoder.
/// </summary>
internal sealed class ReportDecoder : nn.Module
{
    private const double StandardDeviation = 0.02; // of BERT's initial matrices
    private const string Unused = ".pooler.";

    public readonly Language bert_encoder;
    public readonly Projection bert_mlp; // (D, C): the encoder's channels to the decoder's

    /// <param name="encoder">Dimensions of the image encoder.</param>
    /// <param name="shape">Dimensions of this decoder.</param>
    /// <param name="padding">The word piece that stands for no word.</param>
    /// <param name="kernels">What computes it.</param>
    public ReportDecoder(BackboneShape encoder, ReportDecoderShape shape, int padding, Kernels kernels)
        : base(nameof(ReportDecoder))
    {
        Shape = shape;
        bert_encoder = new Language(shape, padding, kernels);
        bert_mlp = new Projection(encoder.Width, shape.Width, kernels);
        RegisterComponents();
    }

    /// <summary>Dimensions.</summary>
    public ReportDecoderShape Shape { get; }

    /// <summary>The tensors that train: all but the pooler, which nothing reads.</summary>
    public IEnumerable<(string Name, TorchSharp.Modules.Parameter Tensor)> Trained() =>
        named_parameters().Where(t => !t.name.Contains(Unused, StringComparison.Ordinal)).Select(t => (t.name, t.parameter));

    /// <summary>
    /// Random weights as BERT draws them: matrices and embeddings normal (sd 0.02), biases zero, norms at 1 and 0. The map of the image's
    /// channels is uniform (Xavier), so that the image is heard from the first step.
    /// </summary>
    public void Initialise(long seed)
    {
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in named_parameters())
        {
            if (name == "bert_mlp.weight")
            {
                Initialisation.Uniform(parameter, name, Math.Sqrt(6.0 / (parameter.shape[0] + parameter.shape[1])), seed);
            }
            else if (parameter.dim() == 2)
            {
                Initialisation.TruncatedNormal(parameter, name, StandardDeviation, seed);
            }
            else
            {
                Initialisation.Fill(parameter, name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : 0);
            }
        }
    }

    /// <summary>
    /// What a report is told of its image: the mean of the kept patches, mapped to the decoder's channels. (B, K, C) -> (B, D), float32.
    /// The mean of mapped patches, as upstream computes it, is the same, for K products in place of one.
    /// </summary>
    public Tensor ImageMean(Tensor patches, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor mean = patches.to(ScalarType.Float32).mean([1]); // (B, C)
        return bert_mlp.Forward(mean.to(bert_mlp.Kernels.Plan.Type), pass).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Scores of the word pieces at every position: (B, N, V), float32.</summary>
    /// <param name="reports">Masked reports.</param>
    /// <param name="image">(B, D), what <see cref="ImageMean"/> gave</param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    public Tensor Predict(MaskedReports reports, Tensor image, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor states = States(reports, image, pass); // (B N, D)
        return bert_encoder.model.cls.predictions.Forward(states, pass).view(reports.Count, reports.Length, -1).MoveToOuterDisposeScope();
    }

    /// <summary>The cross-entropy of the original word pieces.</summary>
    /// <param name="reports">Masked reports.</param>
    /// <param name="image">(B, D), what <see cref="ImageMean"/> gave</param>
    /// <param name="maskedOnly">
    /// False: the mean over all positions, padding included, as upstream. True: over the masked positions of a report, then over the
    /// reports; only these are predicted, and a report without any counts 0.
    /// </param>
    /// <param name="pass">Whether this pass trains, and its random key.</param>
    /// <returns>A scalar.</returns>
    public Tensor Loss(MaskedReports reports, Tensor image, bool maskedOnly, ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        Tensor states = States(reports, image, pass); // (B N, D)
        if (!maskedOnly)
        {
            Tensor scores = bert_encoder.model.cls.predictions.Forward(states, pass); // (B N, V)
            return F.cross_entropy(scores, reports.Originals(scores.device).flatten()).MoveToOuterDisposeScope();
        }

        (long[] positions, float[] weights) = reports.MaskedPositions();
        if (positions.Length == 0)
        {
            return states.sum().Times(0).MoveToOuterDisposeScope(); // every tensor has a gradient all the same
        }

        Tensor index = tensor(positions, device: states.device); // (M)
        Tensor masked = bert_encoder.model.cls.predictions.Forward(states.index_select(0, index), pass); // (M, V)
        Tensor surprise = F.cross_entropy(masked, reports.Originals(masked.device).flatten().index_select(0, index),
            reduction: nn.Reduction.None); // (M)
        return surprise.dot(tensor(weights, device: masked.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The negative logarithm of the probability of each original word piece: (B, N), float32; no gradient.</summary>
    /// <param name="reports">Masked reports.</param>
    /// <param name="image">(B, D), what <see cref="ImageMean"/> gave</param>
    public float[] Surprise(MaskedReports reports, Tensor image)
    {
        const int RowsAtATime = 1024; // scores of a large vocabulary are many
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor states = States(reports, image, ForwardPass.Evaluation); // (B N, D)
        Tensor originals = reports.Originals(states.device).flatten(); // (B N)
        var surprise = new List<float>();
        for (int first = 0; first < states.shape[0]; first += RowsAtATime)
        {
            using var rows = NewDisposeScope();
            int end = (int)Math.Min(states.shape[0], first + RowsAtATime);
            Tensor scores = bert_encoder.model.cls.predictions.Forward(states[first..end], ForwardPass.Evaluation);
            surprise.AddRange(F.cross_entropy(scores, originals[first..end], reduction: nn.Reduction.None).cpu().data<float>());
        }

        return [.. surprise];
    }

    private Tensor States(MaskedReports reports, Tensor image, ForwardPass pass) => bert_encoder.model.bert
        .Forward(reports.Masked(image.device), reports.IsWord(image.device), image, pass).flatten(0, 1);

    /// <summary>The language model under the name that MRM gives it.</summary>
    internal sealed class Language : nn.Module
    {
        public readonly MaskedLanguageModel model;

        public Language(ReportDecoderShape shape, int padding, Kernels kernels)
            : base(nameof(Language))
        {
            model = new MaskedLanguageModel(shape, padding, kernels);
            RegisterComponents();
        }
    }

    /// <summary>BERT and its output.</summary>
    internal sealed class MaskedLanguageModel : nn.Module
    {
        public readonly BertEncoder bert;
        public readonly Output cls;

        public MaskedLanguageModel(ReportDecoderShape shape, int padding, Kernels kernels)
            : base(nameof(MaskedLanguageModel))
        {
            bert = new BertEncoder(shape, padding, kernels);
            cls = new Output(shape, kernels);
            RegisterComponents();
        }
    }

    /// <summary>The output under its name.</summary>
    internal sealed class Output : nn.Module
    {
        public readonly WordPrediction predictions;

        public Output(ReportDecoderShape shape, Kernels kernels)
            : base(nameof(Output))
        {
            predictions = new WordPrediction(shape, kernels);
            RegisterComponents();
        }
    }
}
