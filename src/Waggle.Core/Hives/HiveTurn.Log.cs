using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class HiveTurn
{
    [LoggerMessage(4, LogLevel.Error, "Could not commit a batch of hive '{Hive}'; its commands were rejected and the hive reloads its stored state: {Cause}")]
    private static partial void LogCommitFailed(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(6, LogLevel.Error, "An internal error ended a batch of hive '{Hive}'.")]
    private static partial void LogTurnFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(11, LogLevel.Error, "Could not load hive '{Hive}' from its store; retrying.")]
    private static partial void LogReloadFailed(ILogger logger, string hive, Exception e);
}
