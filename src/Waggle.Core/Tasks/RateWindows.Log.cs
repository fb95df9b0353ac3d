using Microsoft.Extensions.Logging;

namespace Waggle.Core.Tasks;

internal sealed partial class RateWindows
{
    [LoggerMessage(LogLevel.Warning, "The stored period of rate limit '{Id}' cannot be read; the limit begins a new one.")]
    private static partial void LogDamaged(ILogger log, string id, Exception e);
}
