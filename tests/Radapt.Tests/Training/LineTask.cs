using Radapt.Adaptation;
using Radapt.Batching;
using Radapt.Models;
using Radapt.Training;
using static TorchSharp.torch;

namespace Radapt.Tests.Training;

/// <summary>A task without images or labels: the slope and offset of a line through points, by least squares with weights.</summary>
/// <param name="points">x, y and weight of every point; each is a batch, in this order.</param>
internal sealed class LineTask((double X, double Y, double Weight)[] points) : ITrainingTask<LineTask.Point>, IBestTensors, IDisposable
{
    public Tensor Line { get; } = zeros(2, float32).requires_grad_(); // slope, offset

    public IReadOnlyList<(string Name, Tensor Tensor)> Trained => [("line", Line)];

    public ITrainingSchedule? Schedule => null;

    public IBestTensors Best => this;

    public int BatchesPerEpoch => points.Length;

    public int ValidationBatches => 1;

    /// <summary>Validation measures minus the mean squared error; else it measures nothing.</summary>
    public bool Measures { get; init; } = true;

    /// <summary>A batch that cannot be read, by its number; null: all can.</summary>
    public int? BadBatch { get; init; }

    /// <summary>Slope and offset at every save of the best epoch.</summary>
    public List<double[]> Saved { get; } = [];

    /// <summary>The random keys of the forward passes.</summary>
    public List<long> Steps { get; } = [];

    public IEnumerable<Point> Batches(int epoch, int firstBatch, CancellationToken cancellation, Predicate<int>? isOwn = null) =>
        points.Index().Skip(firstBatch).Where(p => isOwn?.Invoke(p.Index) ?? true).Select(p => p.Index == BadBatch
            ? throw new RadaptException($"point {p.Index} cannot be read") : new Point(p.Item.X, p.Item.Y, p.Item.Weight));

    public double Weight(int epoch, int firstBatch, int batches) => points.Skip(firstBatch).Take(batches).Sum(p => p.Weight);

    public double Backward(Point batch, ForwardPass pass, UpdateExtent update)
    {
        using var scope = NewDisposeScope();
        Steps.Add(pass.Step);
        Tensor error = ((Line[0] * batch.X) + Line[1] - batch.Y).square();
        (error * (batch.Weight / update.Weight)).backward();
        return error.item<float>();
    }

    public ValidationResult? Validate(Action<int, int> onBatch, CancellationToken cancellation)
    {
        double[] line = Values();
        double error = points.Average(p => Math.Pow((line[0] * p.X) + line[1] - p.Y, 2));
        onBatch(1, points.Length);
        return Measures ? new ValidationResult(-error, new Dictionary<string, double> { ["error"] = error }) : null;
    }

    public double[] Values() => [.. Line.detach().data<float>().ToArray().Select(v => (double)v)];

    public void Save(int epoch) => Saved.Add(Values());

    public void Require()
    {
        if (Saved.Count == 0)
        {
            throw new RadaptException("The line is lost.");
        }
    }

    public void Dispose() => Line.Dispose();

    internal sealed record Point(double X, double Y, double Weight) : IBatch
    {
        public int Count => 1;

        public void Dispose()
        {
        }
    }
}
