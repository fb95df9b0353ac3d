using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    [LoggerMessage(1, LogLevel.Information, "Hive '{Hive}' opened: epoch {Epoch}, head {Head}, open entities: {Open}.")]
    private static partial void LogStarted(ILogger logger, string hive, long epoch, long head, string open);

    [LoggerMessage(2, LogLevel.Critical, "Hive '{Hive}' has a new owner; this process stops serving it.")]
    private static partial void LogFenced(ILogger logger, string hive, Exception e);

    [LoggerMessage(3, LogLevel.Critical, "The loop of hive '{Hive}' ended with an error.")]
    private static partial void LogLoopDied(ILogger logger, string hive, Exception e);

    [LoggerMessage(4, LogLevel.Error, "Could not commit a batch of hive '{Hive}'; its commands were rejected and the hive reloads its stored state: {Cause}")]
    private static partial void LogCommitFailed(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(6, LogLevel.Error, "An internal error ended a batch of hive '{Hive}'.")]
    private static partial void LogTurnFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(7, LogLevel.Error, "The store of hive '{Hive}' is full: new work is rejected, running tasks continue on the reserve.")]
    private static partial void LogFull(ILogger logger, string hive);

    [LoggerMessage(8, LogLevel.Information, "The store of hive '{Hive}' has free space again.")]
    private static partial void LogRoomAgain(ILogger logger, string hive);

    [LoggerMessage(9, LogLevel.Warning, "The wall clock is {Seconds:F1} s behind the hive's time, which slows down by a tenth until they agree; leases are not affected.")]
    private static partial void LogClockBehind(ILogger logger, double seconds);

    [LoggerMessage(15, LogLevel.Warning, "The wall clock moved ahead by {Seconds:F1} s and hive '{Hive}' followed it; every lease and agent timeout restarts now.")]
    private static partial void LogClockAhead(ILogger logger, string hive, double seconds);

    [LoggerMessage(16, LogLevel.Warning, "Hive '{Hive}' could not receive from its workers for {Seconds:F1} s (the process was suspended, or a commit took that long); every lease and agent timeout restarts now.")]
    private static partial void LogDeaf(ILogger logger, string hive, double seconds);

    [LoggerMessage(11, LogLevel.Error, "Could not load hive '{Hive}' from its store; retrying.")]
    private static partial void LogReloadFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(12, LogLevel.Error, "Could not deliver the reply to a command.")]
    private static partial void LogNotifyFailed(ILogger logger, Exception e);

    [LoggerMessage(16, LogLevel.Critical, "Hive {Hive} has lost commits that were acknowledged: what is stored ends at {Stored}, and it ended at {Acknowledged} once (was the write-ahead log removed or cut?). A new history begins at {Head}: clients load anew, and results of lost assignments are kept as orphans.")]
    private static partial void LogLoss(ILogger logger, string hive, Protocol.Position stored, Protocol.Position acknowledged, Protocol.Position head);

    [LoggerMessage(17, LogLevel.Error, "The store of hive '{Hive}' rejects commits: {Cause} Reads work; all changes are rejected until a commit succeeds.")]
    private static partial void LogStoreFails(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(18, LogLevel.Information, "The store of hive '{Hive}' accepts commits again.")]
    private static partial void LogStoreBack(ILogger logger, string hive);

    [LoggerMessage(10, LogLevel.Warning, "Retention could not delete expired data of hive '{Hive}'; retrying.")]
    private static partial void LogPruneFailed(ILogger logger, string hive, Exception e);
}
