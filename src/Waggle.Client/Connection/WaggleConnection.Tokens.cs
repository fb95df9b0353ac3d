using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>A provider's tokens: one for each connection, and a fresh one before the last lapses, so that the connection does not end with it.</summary>
public sealed partial class WaggleConnection
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _expiring = new(0);
    private bool _refused;

    internal async ValueTask<string?> TokenAsync(CancellationToken cancel)
    {
        if (_options.TokenProvider is not { } provider) return _options.Token;
        try
        {
            return await provider(cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // Whoever issues tokens may be away for a moment, too.
            throw new WaggleException(ClientErrorCodes.NoToken, $"The token provider failed: {e.Message}", TimeSpan.Zero, e);
        }
    }

    /// <summary>A token may lapse on its way to the hub: a provider is asked once more. Two refusals in a row are the hub's last word.</summary>
    private bool MayAskForAnotherToken(WaggleException refusal)
    {
        if (_options.TokenProvider is null || refusal.Code != ErrorCodes.Unauthenticated || _refused) return false;
        _refused = true;
        return true;
    }

    /// <summary>Asks for a fresh token when a fifth of the life of the last is left, or when the hub says that it lapses soon: its clock counts.</summary>
    private async Task RefreshTokensAsync(CancellationToken cancel)
    {
        if (_options.TokenProvider is null) return;
        var lapses = Welcome!.TokenExpiresAt;
        while (lapses is { } end)
        {
            var left = end - _options.Time.GetUtcNow();
            if (left <= TimeSpan.Zero) return;
            await ExpiringAsync(left * 0.8, cancel);
            lapses = await RefreshAsync(end, cancel);
        }
    }

    private async Task ExpiringAsync(TimeSpan wait, CancellationToken cancel)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var said = _expiring.WaitAsync(woken.Token);
        await Task.WhenAny(said, Task.Delay(wait < ShortestWait ? ShortestWait : wait < LongestWait ? wait : LongestWait, _options.Time, woken.Token));
        await woken.CancelAsync();
        await said.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    // A timer of the platform reaches no further than some weeks; a token that is fresh once a day harms nobody.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private async Task<DateTimeOffset?> RefreshAsync(DateTimeOffset lapses, CancellationToken cancel)
    {
        try
        {
            if (await TokenAsync(cancel) is not { } token) return lapses;
            return (await RequestAsync(new AuthRefresh { Token = token }, HubJson.Default.AuthRefreshed, repeatable: false, cancel)).TokenExpiresAt;
        }
        catch (WaggleException e) when (!cancel.IsCancellationRequested)
        {
            // The token in force is still good for a while: asked again until it lapses and the hub closes.
            _options.OnTokenTrouble?.Invoke(e);
            return lapses;
        }
    }
}
