using Microsoft.Extensions.Logging;

namespace Waggle.Core.Tasks;

internal static partial class TaskLog
{
    [LoggerMessage(17, LogLevel.Error, "{Count} tasks that an assigned one waited for could not be read: its worker gets their ids alone.")]
    public static partial void DependenciesUnread(ILogger logger, int count, Exception e);
}
