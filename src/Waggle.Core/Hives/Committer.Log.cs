using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class Committer
{
    [LoggerMessage(7, LogLevel.Error, "The store of hive '{Hive}' is full: new work is rejected, running tasks continue on the reserve.")]
    private static partial void LogFull(ILogger logger, string hive);

    [LoggerMessage(8, LogLevel.Information, "The store of hive '{Hive}' has free space again.")]
    private static partial void LogRoomAgain(ILogger logger, string hive);

    [LoggerMessage(
        17,
        LogLevel.Error,
        "The store of hive '{Hive}' rejects commits: {Cause} Reads work; all changes are rejected until a commit succeeds.")]
    private static partial void LogStoreFails(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(18, LogLevel.Information, "The store of hive '{Hive}' accepts commits again.")]
    private static partial void LogStoreBack(ILogger logger, string hive);
}
