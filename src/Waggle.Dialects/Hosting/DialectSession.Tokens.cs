using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    private static readonly IReadOnlySet<string> Nothing = new HashSet<string>(StringComparer.Ordinal);

    private ExpiryWatch? _watch;
    private volatile Principal _principal;
    private Credential _credential;

    private static Principal Nobody(string hive) => new("nobody", hive, null, Nothing);

    /// <summary>From here on the connection may do what this says, until it lapses.</summary>
    private void Admit(Credential credential)
    {
        _credential = credential;
        _principal = credential.Principal!;
        _connection.Hears = Audience.FilterOf(_principal);
        if (credential.ExpiresAt is not null && _watch is null)
        {
            _watch = new ExpiryWatch(_host.Time, Warn, Lapse);
            _connection.Lapsed = () => _watch.IsOver;
        }

        _watch?.Set(credential);
    }

    private void Lapse()
    {
        StopTaking();
        _connection.Lapse();
    }

    // The timer that ends the connection may be late: the machine slept, or its clock was set. A fresh token is looked at all the same.
    private bool HasLapsed(Intent intent) => _watch?.IsOver == true && intent is not (RefreshIntent or HelloIntent { Token: not null });

    private void Warn(DateTimeOffset at) => _connection.Send(new Deferred(output => _dialect.Expiring(at, output)));

    // The hello's own token stands above that of the upgrade request.
    private async ValueTask<bool> AuthenticateAsync(HelloIntent hello)
    {
        if (hello.Token is null && _credential.Principal is not null) return true;
        var credential = await _host.Authenticator.AuthenticateAsync(hello.Token, RemoteAddress, CancellationToken.None);
        var refusal = credential.Principal is null ? credential.Error! : Place?.Promote();
        if (refusal is null)
        {
            Admit(credential);
            return true;
        }

        Answer(hello, new Outcome(null, refusal, _host.Hive.Head));
        Close(CloseCodes.HelloRefused, refusal.Message);
        return false;
    }

    private async ValueTask<Outcome> RefreshAsync(string token)
    {
        var fresh = await _host.Authenticator.AuthenticateAsync(token, RemoteAddress, CancellationToken.None);
        var head = _host.Hive.Head;
        if (fresh.Principal is not { } principal) return new Outcome(null, fresh.Error, head);
        if (Problem(principal) is { } problem) return new Outcome(null, new Error(ErrorCodes.Forbidden, problem), head);
        Admit(fresh with { Principal = _agent is null ? principal : principal.For(_agent) });
        return new Outcome(new AuthRefreshed(fresh.ExpiresAt), null, head);
    }

    // A connection stays one subject's, and what its agent holds stays within its reach.
    private string? Problem(Principal fresh)
    {
        if (fresh.User != _principal.User)
        {
            return $"This connection belongs to '{_principal.User}'; the token is for '{fresh.User}'. Use another connection for it.";
        }

        if (_agent is null) return null;
        if (!fresh.Allowed(Permissions.WorkTasks)) return fresh.Missing(Permissions.WorkTasks);
        if (fresh.OnlyAgent is { } only && only != _agent) return $"This connection acts as agent '{_agent}'; the token is for agent '{only}'.";
        return fresh.Swarms is null || (_principal.Swarms?.IsSubsetOf(fresh.Swarms) ?? false)
            ? null
            : "The token reaches fewer swarms than the previous one: send hello for the agent on a new connection.";
    }
}
