using Microsoft.Extensions.Logging;

namespace Waggle.Core.Hives;

internal sealed partial class HiveTime
{
    [LoggerMessage(
        9,
        LogLevel.Warning,
        "The wall clock is {Seconds:F1} s behind the hive's time, which slows down by a tenth until they agree; leases are not affected.")]
    private static partial void LogBehind(ILogger logger, double seconds);

    [LoggerMessage(
        15,
        LogLevel.Warning,
        "The wall clock moved ahead by {Seconds:F1} s and hive '{Hive}' followed it; every lease and agent timeout restarts now.")]
    private static partial void LogAhead(ILogger logger, double seconds, string hive);

    [LoggerMessage(
        16,
        LogLevel.Warning,
        "Hive '{Hive}' could not receive from its workers for {Seconds:F1} s (the process was suspended, or a commit took that long); "
        + "every lease and agent timeout restarts now.")]
    private static partial void LogDeaf(ILogger logger, string hive, double seconds);
}
