using Microsoft.Extensions.Logging;

namespace Waggle.SocketIO;

internal sealed partial class SocketClient
{
    public void LogHandlerFailed(string name, Exception e) => LogHandlerFailed(_server.Log, name, Request.Address, e);

    /// <summary>A handler that nobody waits for.</summary>
    public async Task WatchAsync(Task task, string name)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            LogHandlerFailed(name, e);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Disconnected a client at {Address}: {Problem}.")]
    private static partial void LogRefused(ILogger log, string address, string problem);

    [LoggerMessage(2, LogLevel.Error, "The handler of {Name} failed for a client at {Address}.")]
    private static partial void LogHandlerFailed(ILogger log, string name, string address, Exception e);

    [LoggerMessage(3, LogLevel.Information, "The handler of {Name} could not read what a client at {Address} sent: {Problem}")]
    private static partial void LogUnreadable(ILogger log, string name, string address, string problem);
}
