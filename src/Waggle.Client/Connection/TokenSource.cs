using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>The tokens of a connection: the one in the options, or those of their provider.</summary>
internal sealed class TokenSource(WaggleOptions options)
{
    private bool _refused;

    /// <summary>Whether a later token can differ.</summary>
    public bool IsRenewable => options.TokenProvider is not null;

    /// <exception cref="WaggleException"><see cref="ClientErrorCodes.NoToken"/>: the provider failed.</exception>
    public async ValueTask<string?> GetAsync(CancellationToken cancel)
    {
        if (options.TokenProvider is not { } provider) return options.Token;
        try
        {
            return await provider(cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // The issuer of tokens may be unavailable for a moment, too.
            throw new WaggleException(ClientErrorCodes.NoToken, $"The token provider failed: {e.Message}", TimeSpan.Zero, e);
        }
    }

    /// <summary>Notes that the hub accepted the last token.</summary>
    public void Accepted() => _refused = false;

    /// <summary>Returns whether a refusal may concern only the token, which can expire on its way to the hub. The second refusal in a row is final.</summary>
    public bool MayTryAnother(WaggleException refusal)
    {
        if (!IsRenewable || refusal.Code != ErrorCodes.Unauthenticated || _refused) return false;
        _refused = true;
        return true;
    }
}
