using Radapt.Compute;
using Radapt.Compute.Passes;
using Radapt.Recipes;
using static TorchSharp.torch;

namespace Radapt.Training;

/// <summary>Changes trained tensors by their gradients. Owns its state, which is saved and restored by name for resume.</summary>
internal abstract class Optimizer(IReadOnlyList<ParameterGroup> groups) : IDisposable
{
    /// <summary>An optimizer with a state of zeros.</summary>
    /// <param name="settings">Which, and how it steps.</param>
    /// <param name="trained">The tensors that it changes, in the model's order.</param>
    /// <param name="path">Receives which kernel updates; null: nobody asks.</param>
    /// <exception cref="RadaptException">There is no such optimizer.</exception>
    public static Optimizer Create(
        OptimizerSettings settings, IReadOnlyList<(string Name, Tensor Tensor)> trained, ComputePath? path = null) => settings.Kind switch
        {
            OptimizerKind.Sgd => new Sgd(ParameterGroup.Single(trained, settings.WeightDecay), settings.Momentum),
            _ => new AdamW(ParameterGroup.ByLayer(trained, settings.Depth, settings.LayerDecay, settings.WeightDecay),
                settings.Beta2, settings.Threads, path),
        };

    /// <summary>What is trained, with the group each tensor belongs to.</summary>
    protected IReadOnlyList<ParameterGroup> Groups { get; } = groups;

    /// <summary>Updates done.</summary>
    public long Updates { get; set; }

    /// <summary>State tensors by name, such as <c>exp_avg.head.weight</c>.</summary>
    public abstract IEnumerable<(string Name, Tensor Tensor)> State();

    /// <summary>One update with the gradients that are there, then clears them. A tensor without a gradient is left alone.</summary>
    /// <param name="learningRate">Rate before the groups' scales.</param>
    public void Step(double learningRate)
    {
        using var noGradient = no_grad();
        Updates++;
        foreach (ParameterGroup group in Groups)
        {
            foreach ((string name, Tensor tensor) in group.Tensors)
            {
                using var scope = NewDisposeScope();
                if (tensor.grad is { } gradient)
                {
                    Update(name, tensor, gradient, learningRate * group.Scale, group.WeightDecay);
                }
            }
        }

        ClearGradients();
    }

    /// <summary>
    /// Lets every gradient go: the next backward pass hands its own over, where zeros would have to be written, read and added to.
    /// </summary>
    public void ClearGradients()
    {
        foreach ((_, Tensor tensor) in Groups.SelectMany(g => g.Tensors))
        {
            tensor.grad = null;
        }
    }

    /// <summary>Scales all gradients so that their common 2-norm is at most <paramref name="largest"/>; returns the norm before.</summary>
    public double ClipGradients(double largest)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. Groups.SelectMany(g => g.Tensors).Select(t => t.Tensor.grad).OfType<Tensor>()];
        double norm = Math.Sqrt(gradients.Sum(g => Math.Pow(g.norm().item<float>(), 2)));
        if (norm > largest)
        {
            foreach (Tensor gradient in gradients)
            {
                gradient.ScaleInPlace(largest / (norm + 1e-6)); // as torch.nn.utils.clip_grad_norm_
            }
        }

        return norm;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, Tensor tensor) in State())
        {
            tensor.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Changes one tensor in place; temporaries fall to the caller's scope.</summary>
    protected abstract void Update(string name, Tensor tensor, Tensor gradient, double learningRate, double weightDecay);

    /// <summary>A zero tensor like each trained one, outside of any scope.</summary>
    protected static Dictionary<string, Tensor> ZerosLike(IReadOnlyList<ParameterGroup> groups) =>
        groups.SelectMany(g => g.Tensors).ToDictionary(t => t.Name,
            t => zeros_like(t.Tensor, requires_grad: false).DetachFromDisposeScope());

    /// <summary>Stochastic gradient descent with momentum; weight decay is added to the gradient.</summary>
    private sealed class Sgd(IReadOnlyList<ParameterGroup> groups, double momentum) : Optimizer(groups)
    {
        private readonly Dictionary<string, Tensor> _momentum = ZerosLike(groups);

        public override IEnumerable<(string Name, Tensor Tensor)> State() => _momentum.Select(m => ("momentum." + m.Key, m.Value));

        protected override void Update(string name, Tensor tensor, Tensor gradient, double learningRate, double weightDecay)
        {
            Tensor direction = weightDecay == 0 ? gradient : gradient.Plus(tensor, weightDecay);
            tensor.AddInPlace(_momentum[name].ScaleInPlace(momentum).AddInPlace(direction), -learningRate);
        }
    }

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019), first beta .9, eps 1e-8.</summary>
    private sealed class AdamW(IReadOnlyList<ParameterGroup> groups, double beta2, int threads, ComputePath? path) : Optimizer(groups)
    {
        private const double Beta1 = 0.9;
        private const double Epsilon = 1e-8;

        private readonly Dictionary<string, Tensor> _mean = ZerosLike(groups);
        private readonly Dictionary<string, Tensor> _square = ZerosLike(groups);

        public override IEnumerable<(string Name, Tensor Tensor)> State() =>
            _mean.Select(m => ("exp_avg." + m.Key, m.Value)).Concat(_square.Select(s => ("exp_avg_sq." + s.Key, s.Value)));

        protected override void Update(string name, Tensor tensor, Tensor gradient, double learningRate, double weightDecay)
        {
            (Tensor mean, Tensor square) = (_mean[name], _square[name]);
            (double meanCorrection, double rootCorrection) = (1 - Math.Pow(Beta1, Updates), Math.Sqrt(1 - Math.Pow(beta2, Updates)));
            string? refusal = AdamPass.Refusal(tensor, gradient);
            path?.Choose(StepKernel.AdamPass, refusal, StepKernel.AdamLibrary);
            if (refusal is null)
            {
                var factors = new AdamPass.Factors(
                    (float)(1 - (learningRate * weightDecay)), (float)Beta1, (float)beta2, (float)(learningRate / meanCorrection),
                        (float)rootCorrection, (float)Epsilon);
                AdamPass.Apply(tensor, gradient, mean, square, factors, threads);
                return;
            }

            tensor.ScaleInPlace(1 - (learningRate * weightDecay));
            mean.ScaleInPlace(Beta1).AddInPlace(gradient, 1 - Beta1);
            square.ScaleInPlace(beta2).AddProductInPlace(gradient, gradient, 1 - beta2);
            Tensor denominator = square.sqrt().DivideInPlace(rootCorrection).AddInPlace(Epsilon);
            tensor.AddQuotientInPlace(mean, denominator, -learningRate / meanCorrection);
        }
    }
}
