using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class HiveEngine
{
    [LoggerMessage(5, LogLevel.Error, "Deciding {Command} failed ({Id}).")]
    private static partial void LogDecisionFailed(ILogger logger, string id, string command, Exception e);

    [LoggerMessage(13, LogLevel.Error, "A message of a turn could not be handed to its worker.")]
    private static partial void LogSendFailed(ILogger logger, Exception e);
}
