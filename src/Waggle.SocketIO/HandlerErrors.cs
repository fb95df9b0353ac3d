using Microsoft.Extensions.Logging;

namespace Waggle.SocketIO;

/// <summary>Logs the errors of the application's handlers, and of clients that violate the protocol. Thread-safe.</summary>
/// <param name="address">The address of the client.</param>
internal sealed partial class HandlerErrors(ILogger log, string address)
{
    /// <summary>Waits for a handler and logs its error.</summary>
    /// <param name="name">The name of the event.</param>
    public async Task WatchAsync(Task task, string name)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            Failed(name, e);
        }
    }

    /// <summary>Logs an error of a handler.</summary>
    public void Failed(string name, Exception e) => LogFailed(log, name, address, e);

    /// <summary>Logs that the client's arguments do not have the types of the handler's parameters.</summary>
    public void Unreadable(string name, Exception e) => LogUnreadable(log, name, address, e.Message);

    /// <summary>Logs that the client was disconnected, because it violated the protocol.</summary>
    public void Refused(string problem) => LogRefused(log, address, problem);

    [LoggerMessage(1, LogLevel.Information, "Disconnected a client at {Address}: {Problem}.")]
    private static partial void LogRefused(ILogger log, string address, string problem);

    [LoggerMessage(2, LogLevel.Error, "The handler of {Name} failed for a client at {Address}.")]
    private static partial void LogFailed(ILogger log, string name, string address, Exception e);

    [LoggerMessage(3, LogLevel.Information, "The handler of {Name} could not read the arguments from a client at {Address}: {Problem}")]
    private static partial void LogUnreadable(ILogger log, string name, string address, string problem);
}
