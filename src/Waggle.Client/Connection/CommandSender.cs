using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Sends commands after the subscriptions of observers, and again while the hub cannot store them.</summary>
internal sealed class CommandSender(WaggleClientOptions options, WaggleConnection connection, ObserverSet observers)
{
    private static readonly TimeSpan StoreRetryPause = TimeSpan.FromMilliseconds(250);

    public async Task<T> SendAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, CancellationToken cancel, bool repeatable = true)
    {
        await observers.ReadyAsync(cancel);
        var since = options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await connection.RequestAsync(message, type, repeatable, cancel);
            }
            catch (WaggleException e) when (e.Code == ErrorCodes.StoreUnavailable && options.Time.GetElapsedTime(since) < options.StoreRetryTimeout)
            {
                await Task.Delay(e.RetryAfter ?? StoreRetryPause, options.Time, cancel);
            }
        }
    }
}
