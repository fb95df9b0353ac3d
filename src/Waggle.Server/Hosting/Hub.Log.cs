using Microsoft.Extensions.Logging;

namespace Waggle.Server.Hosting;

internal sealed partial class Hub
{
    [LoggerMessage(22, LogLevel.Error, "A connection's timer failed; other timers are not affected.")]
    private static partial void LogTimeoutFailed(ILogger logger, Exception e);
}
