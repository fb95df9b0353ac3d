using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Access;

namespace Waggle.Server.Auth;

/// <summary>The authenticator of a hub that only this machine can reach. It accepts any token, and requests without one.</summary>
internal sealed partial class DevelopmentMode(string hive) : IAuthenticator
{
    // All clients come from the same one or two addresses, and an idle connection holds its credential, so one instance serves many.
    private volatile Credential? _last;

    public bool Required => false;

    public ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel)
    {
        var last = _last;
        if (last?.Principal?.Subject != address) _last = last = new Credential(Principal.Local(hive, address) with { Address = address });
        return new(last);
    }

    [LoggerMessage(32, LogLevel.Information, "Development mode: every client on this machine has every permission, with any token or none. Use '--auth "
        + "token' to require tokens.")]
    public static partial void LogStart(ILogger logger);
}
