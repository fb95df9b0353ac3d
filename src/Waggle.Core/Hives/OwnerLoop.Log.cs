using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class OwnerLoop
{
    [LoggerMessage(2, LogLevel.Critical, "Hive '{Hive}' has a new owner; this process stops serving it.")]
    private static partial void LogFenced(ILogger logger, string hive, Exception e);

    [LoggerMessage(3, LogLevel.Critical, "The loop of hive '{Hive}' ended with an error.")]
    private static partial void LogLoopDied(ILogger logger, string hive, Exception e);
}
