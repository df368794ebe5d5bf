using Microsoft.Extensions.Logging;

namespace Radapt.Inference;

/// <summary>What predictors log. Nothing of an image: its name may be a patient's.</summary>
internal static partial class PredictorLog
{
    [LoggerMessage(1, LogLevel.Information, "Opened a predictor: {Method}, {Findings} findings, {Precision}, shared backbone: {IsShared}.")]
    public static partial void Opened(ILogger logger, string method, int findings, string precision, bool isShared);

    [LoggerMessage(2, LogLevel.Debug, "An image cannot be read or is refused.")]
    public static partial void NotScored(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "A forward pass failed.")]
    public static partial void Failed(ILogger logger, Exception error);

    [LoggerMessage(4, LogLevel.Information, "Adapter {Name} was {Change}; the bank has {Count}.")]
    public static partial void Changed(ILogger logger, string name, string change, int count);
}
