using Microsoft.Extensions.Logging;

namespace Waggle.Server.Hosting;

internal sealed partial class Hub
{
    [LoggerMessage(22, LogLevel.Error, "A timeout of a connection failed; the others go on.")]
    private static partial void LogTimeoutFailed(ILogger logger, Exception e);
}
