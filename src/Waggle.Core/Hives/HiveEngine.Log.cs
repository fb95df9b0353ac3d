using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class HiveEngine
{
    [LoggerMessage(5, LogLevel.Error, "An internal error occurred in {Command} ({Id}).")]
    private static partial void LogDecisionFailed(ILogger logger, string id, string command, Exception e);

    [LoggerMessage(13, LogLevel.Error, "Could not send an assignment or a cancellation to its worker.")]
    private static partial void LogSendFailed(ILogger logger, Exception e);
}
