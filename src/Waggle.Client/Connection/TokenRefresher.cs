using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Sends the hub a fresh token when a fifth of the last token's life is left, or when the hub warns that it expires soon, because the hub's clock decides. The
/// refresher belongs to one socket, so that a warning about an earlier socket's token does not affect this one's.
/// </summary>
/// <param name="refresh">Sends a token to the hub.</param>
internal sealed class TokenRefresher(WaggleOptions options, TokenSource tokens, Func<string, CancellationToken, Task<AuthRefreshed>> refresh) : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    // A platform timer has a limit of some weeks; a fresh token once a day does no harm.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _expiring = new(0);

    /// <summary>Handles the hub's warning that the token expires soon. Called by the loop that reads the socket.</summary>
    public void Expiring()
    {
        if (_expiring.CurrentCount == 0) _expiring.Release();
    }

    /// <summary>Runs until the token expires without a successor, or until it is cancelled.</summary>
    /// <param name="lapses">The expiry of the hello's token; null for a token that never expires.</param>
    public async Task RunAsync(DateTimeOffset? lapses, CancellationToken cancel)
    {
        if (!tokens.IsRenewable) return;
        while (lapses is { } end)
        {
            var left = end - options.Time.GetUtcNow();
            if (left <= TimeSpan.Zero) return;
            await WaitAsync(left * 0.8, cancel);
            lapses = await RefreshAsync(end, cancel);
        }
    }

    public void Dispose() => _expiring.Dispose();

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancel)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var warned = _expiring.WaitAsync(woken.Token);
        await Task.WhenAny(warned, Task.Delay(wait < ShortestWait ? ShortestWait : wait < LongestWait ? wait : LongestWait, options.Time, woken.Token));
        await woken.CancelAsync();
        await warned.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    private async Task<DateTimeOffset?> RefreshAsync(DateTimeOffset lapses, CancellationToken cancel)
    {
        try
        {
            return await tokens.GetAsync(cancel) is { } token ? (await refresh(token, cancel)).TokenExpiresAt : lapses;
        }
        catch (WaggleException e) when (!cancel.IsCancellationRequested)
        {
            // The token in force is valid for a while, so the refresher asks again until it expires and the hub closes.
            options.OnTokenTrouble?.Invoke(e);
            return lapses;
        }
    }
}
