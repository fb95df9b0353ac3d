using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    [LoggerMessage(1, LogLevel.Information, "Hive '{Hive}' opened: epoch {Epoch}, head {Head}, {Open}.")]
    private static partial void LogStarted(ILogger logger, string hive, long epoch, long head, string open);

    [LoggerMessage(
        16,
        LogLevel.Critical,
        "Hive {Hive} has lost acknowledged commits: the store ends at {Stored}, but the last acknowledged commit was at {Acknowledged} "
        + "(was the write-ahead log removed or cut?). "
        + "A new history begins at {Head}: clients load the current state, and results of lost assignments are kept as orphans.")]
    private static partial void LogLoss(ILogger logger, string hive, Protocol.Position stored, Protocol.Position acknowledged, Protocol.Position head);
}
