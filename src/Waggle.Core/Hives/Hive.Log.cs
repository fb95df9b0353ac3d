using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    [LoggerMessage(1, LogLevel.Information, "Hive '{Hive}' opened: epoch {Epoch}, head {Head}, open entities: {Open}.")]
    private static partial void LogStarted(ILogger logger, string hive, long epoch, long head, string open);

    [LoggerMessage(
        16,
        LogLevel.Critical,
        "Hive {Hive} has lost commits that were acknowledged: what is stored ends at {Stored}, and it ended at {Acknowledged} once "
        + "(was the write-ahead log removed or cut?). "
        + "A new history begins at {Head}: clients load anew, and results of lost assignments are kept as orphans.")]
    private static partial void LogLoss(ILogger logger, string hive, Protocol.Position stored, Protocol.Position acknowledged, Protocol.Position head);
}
