using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    [LoggerMessage(1, LogLevel.Information, "Hive {Hive} is owned: epoch {Epoch}, head {Head}, open: {Open}.")]
    private static partial void LogStarted(ILogger logger, string hive, long epoch, long head, string open);

    [LoggerMessage(2, LogLevel.Critical, "Hive {Hive} belongs to somebody else now; this owner stops.")]
    private static partial void LogFenced(ILogger logger, string hive, Exception e);

    [LoggerMessage(3, LogLevel.Critical, "The loop of hive {Hive} died.")]
    private static partial void LogLoopDied(ILogger logger, string hive, Exception e);

    [LoggerMessage(4, LogLevel.Error, "A batch of hive {Hive} was not stored; its senders were told, the hive goes back to what is stored: {Cause}")]
    private static partial void LogCommitFailed(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(6, LogLevel.Error, "A batch of hive {Hive} failed on a fault of the hub.")]
    private static partial void LogTurnFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(7, LogLevel.Error, "The store of hive {Hive} is full: creations are refused, work under way goes on from the reserve.")]
    private static partial void LogFull(ILogger logger, string hive);

    [LoggerMessage(8, LogLevel.Information, "The store of hive {Hive} has room again.")]
    private static partial void LogRoomAgain(ILogger logger, string hive);

    [LoggerMessage(9, LogLevel.Warning, "The wall clock is {Seconds:F1} s behind the hive's time, which slows down by a tenth until they agree; leases are not affected.")]
    private static partial void LogClockBehind(ILogger logger, double seconds);

    [LoggerMessage(15, LogLevel.Warning, "The wall clock moved {Seconds:F1} s ahead and hive {Hive} followed it; every lease and every agent gets one full period from now.")]
    private static partial void LogClockAhead(ILogger logger, string hive, double seconds);

    [LoggerMessage(16, LogLevel.Warning, "Hive {Hive} could not hear its workers for {Seconds:F1} s (the process was suspended, or a commit took that long); every lease and every agent gets one full period from now.")]
    private static partial void LogDeaf(ILogger logger, string hive, double seconds);

    [LoggerMessage(11, LogLevel.Error, "Hive {Hive} could not be loaded from its store; it is tried again.")]
    private static partial void LogReloadFailed(ILogger logger, string hive, Exception e);

    [LoggerMessage(12, LogLevel.Error, "An answer could not be handed over.")]
    private static partial void LogNotifyFailed(ILogger logger, Exception e);

    [LoggerMessage(16, LogLevel.Critical, "Hive {Hive} has lost commits that were acknowledged: what is stored ends at {Stored}, and it ended at {Acknowledged} once (was the write-ahead log removed or cut?). A new history begins at {Head}: clients load anew, and results of lost assignments are kept as orphans.")]
    private static partial void LogLoss(ILogger logger, string hive, Protocol.Position stored, Protocol.Position acknowledged, Protocol.Position head);

    [LoggerMessage(17, LogLevel.Error, "The store of hive {Hive} takes no commit: {Cause} Reads are answered, everything else is refused until a commit gets through.")]
    private static partial void LogStoreFails(ILogger logger, string hive, string cause, Exception e);

    [LoggerMessage(18, LogLevel.Information, "The store of hive {Hive} takes commits again.")]
    private static partial void LogStoreBack(ILogger logger, string hive);

    [LoggerMessage(10, LogLevel.Warning, "Retention of hive {Hive} could not forget what is due; it is tried again.")]
    private static partial void LogPruneFailed(ILogger logger, string hive, Exception e);
}
