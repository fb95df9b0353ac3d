using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Kernel.Metrics;
using Waggle.Protocol;

namespace Waggle.Core.Hives;

/// <summary>Hands outcomes to the senders of commands.</summary>
internal sealed partial class Answers(HiveMetrics metrics, ILogger log)
{
    private const long RetryAfterMs = 1000;

    public void Give(in InboxItem item, in Outcome outcome)
    {
        if (item.Sink is null) return;
        metrics.Answered(item.Command, outcome);
        try
        {
            item.Sink.Complete(item.Tag, outcome);
        }
        catch (Exception e)
        {
            // A fault of one sender's sink affects no other sender. The effect of its command is durable all the same.
            LogNotifyFailed(log, e);
        }
    }

    public void Unavailable(in InboxItem item, string message, Position head) =>
        Give(item, new Outcome(null, new Error(ErrorCodes.StoreUnavailable, message, RetryAfterMs), head));

    /// <summary>Returns the error for a command that could not be stored.</summary>
    public static Error NotStored(Command command, bool full, string cause) => full && command.Creates
        ? new Error(ErrorCodes.StoreFull, HiveEngine.FullMessage, RetryAfterMs)
        : new Error(ErrorCodes.StoreUnavailable, $"The hub could not store the change; nothing was changed: {cause}", RetryAfterMs);

    [LoggerMessage(12, LogLevel.Error, "Could not deliver the reply to a command.")]
    private static partial void LogNotifyFailed(ILogger logger, Exception e);
}
