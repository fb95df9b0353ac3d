using Microsoft.Extensions.Logging;

namespace Waggle.SocketIO;

/// <summary>Logs the errors of the application's handlers, and of clients that break the protocol. Thread-safe.</summary>
internal sealed partial class HandlerErrors(ILogger log, string address)
{
    /// <summary>Waits for a handler whose result is not needed.</summary>
    /// <param name="name">Of the event.</param>
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

    public void Failed(string name, Exception e) => LogFailed(log, name, address, e);

    /// <summary>The client's arguments do not fit the handler.</summary>
    public void Unreadable(string name, Exception e) => LogUnreadable(log, name, address, e.Message);

    public void Refused(string problem) => LogRefused(log, address, problem);

    [LoggerMessage(1, LogLevel.Information, "Disconnected a client at {Address}: {Problem}.")]
    private static partial void LogRefused(ILogger log, string address, string problem);

    [LoggerMessage(2, LogLevel.Error, "The handler of {Name} failed for a client at {Address}.")]
    private static partial void LogFailed(ILogger log, string name, string address, Exception e);

    [LoggerMessage(3, LogLevel.Information, "The handler of {Name} could not read what a client at {Address} sent: {Problem}")]
    private static partial void LogUnreadable(ILogger log, string name, string address, string problem);
}
