using Microsoft.Extensions.Logging;

namespace Waggle.Core.Tasks;

internal static partial class TaskLog
{
    [LoggerMessage(17, LogLevel.Error, "{Count} dependencies of an assigned task could not be read: its worker receives only their ids.")]
    public static partial void DependenciesUnread(ILogger logger, int count, Exception e);

    [LoggerMessage(22, LogLevel.Error, "The input of task {Task} could not be read: its worker receives the references to it.")]
    public static partial void InputUnread(ILogger logger, string task, Exception e);
}
