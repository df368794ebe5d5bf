using TorchSharp;
using TorchSharp.Modules;

namespace Radapt.Training;

/// <summary>TensorBoard events of a run: loss and learning rate per update, validation figures per epoch.</summary>
internal sealed class EventLog(string folder) : IDisposable
{
    private readonly SummaryWriter _writer = torch.utils.tensorboard.SummaryWriter(folder, createRunName: false);

    public void Update(long update, double loss, double learningRate)
    {
        _writer.add_scalar("train/loss", (float)loss, (int)update);
        _writer.add_scalar("train/learning_rate", (float)learningRate, (int)update);
    }

    public void Epoch(EpochResult result)
    {
        _writer.add_scalar("train/images_per_second", (float)result.ImagesPerSecond, (int)result.Updates);
        foreach ((string name, double? value) in new[] { ("val/auroc", result.ValAuroc), ("val/loss", result.ValLoss) })
        {
            if (value is { } number)
            {
                _writer.add_scalar(name, (float)number, (int)result.Updates);
            }
        }

        foreach ((string finding, double auroc) in result.ValAurocByFinding ?? new Dictionary<string, double>())
        {
            _writer.add_scalar("val/auroc/" + finding, (float)auroc, (int)result.Updates);
        }
    }

    public void Dispose() => (_writer as IDisposable)?.Dispose();
}
