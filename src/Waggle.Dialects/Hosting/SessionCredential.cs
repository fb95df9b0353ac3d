using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The principal of a session, with its permissions and its expiry. The session's reading loop changes it; any thread reads it.</summary>
internal sealed class SessionCredential : IDisposable
{
    private static readonly IReadOnlySet<string> NoPermissions = new HashSet<string>(StringComparer.Ordinal);

    private readonly SessionHost _host;
    private readonly Connection _connection;
    private readonly Responder _responder;
    private readonly ISessionControl _session;
    private readonly string _address;
    private ExpiryWatch? _watch;
    private volatile Principal _principal;

    /// <param name="credential">The result of the admission check; one without a principal permits nothing until the hello brings a token.</param>
    /// <param name="address">The address of the client, for the audit log.</param>
    public SessionCredential(
        SessionHost host, Connection connection, Responder responder, ISessionControl session, Credential credential, string address)
    {
        _host = host;
        _connection = connection;
        _responder = responder;
        _session = session;
        _address = address;
        _principal = new Principal("nobody", host.Hive.Options.Hive, null, NoPermissions);
        Value = credential;
        if (credential.Principal is not null) Admit(credential);
    }

    public Principal Principal => _principal;

    public Credential Value { get; private set; }

    /// <summary>The agent of the session.</summary>
    public string? Agent { get; private set; }

    /// <summary>The connection's place in the hub; null where places are not counted.</summary>
    public IPlace? Place { get; set; }

    /// <summary>
    /// Whether the token has expired for an intent. The timer that ends the connection may be late, because the machine slept or its clock was set. An intent
    /// with a fresh token is still processed.
    /// </summary>
    public bool HasLapsed(Intent intent) => _watch?.IsOver == true && intent is not (RefreshIntent or AuthenticateIntent or HelloIntent { Token: not null });

    /// <summary>Authenticates the client. A token in the hello overrides that of the upgrade request.</summary>
    /// <returns>Null, or the reason why the client is refused.</returns>
    public async ValueTask<Error?> AuthenticateAsync(HelloIntent hello)
    {
        if (hello.Token is null && Value.Principal is not null) return null;
        var credential = await _host.Authenticator.AuthenticateAsync(hello.Token, _address, CancellationToken.None);
        var refusal = credential.Principal is null ? credential.Error! : Place?.Promote();
        if (refusal is null) Admit(credential);
        return refusal;
    }

    /// <summary>
    /// Takes the token of a message, in a dialect without hellos. A client that is authenticated already may replace its token by one of the same subject.
    /// Without authentication every token is accepted and changes nothing.
    /// </summary>
    public async ValueTask<Outcome> AuthenticateAsync(string token)
    {
        var head = _host.Hive.Head;
        if (!_host.Authenticator.Required) return new Outcome(new AuthRefreshed(null), null, head);
        if (Value.Principal is not null) return await RefreshAsync(token);
        var credential = await _host.Authenticator.AuthenticateAsync(token, _address, CancellationToken.None);
        var refusal = credential.Principal is null ? credential.Error! : Place?.Promote();
        if (refusal is null) Admit(credential);
        return new Outcome(refusal is null ? new AuthRefreshed(credential.ExpiresAt) : null, refusal, head);
    }

    /// <summary>Replaces the token by a fresh one, if that has the same subject and covers the swarms of the session's agent.</summary>
    public async ValueTask<Outcome> RefreshAsync(string token)
    {
        var fresh = await _host.Authenticator.AuthenticateAsync(token, _address, CancellationToken.None);
        var head = _host.Hive.Head;
        if (fresh.Principal is not { } principal) return new Outcome(null, fresh.Error, head);
        if (RefreshProblem(_principal, Agent, principal) is { } problem) return new Outcome(null, new Error(ErrorCodes.Forbidden, problem), head);
        Admit(fresh with { Principal = Agent is null ? principal : principal.For(Agent) });
        return new Outcome(new AuthRefreshed(fresh.ExpiresAt), null, head);
    }

    /// <summary>Sets the agent of the session.</summary>
    public void SpeakFor(string agent)
    {
        Agent = agent;
        _connection.Agent = agent;
        Admit(Value with { Principal = _principal.For(agent) });
    }

    /// <summary>Sets the subject. Without authentication the client chooses it.</summary>
    public void ActAs(string subject)
    {
        if (!_host.Authenticator.Required) Admit(Value with { Principal = Principal.Anybody(_host.Hive.Options.Hive, subject) with { Address = _address } });
    }

    public void Dispose() => _watch?.Dispose();

    /// <summary>A connection keeps its subject, and the tasks of its agent stay within its permissions.</summary>
    /// <returns>Null, or the reason why a fresh token cannot replace the current one.</returns>
    internal static string? RefreshProblem(Principal current, string? agent, Principal fresh)
    {
        if (fresh.User != current.User)
        {
            return $"This connection belongs to '{current.User}'; the token is for '{fresh.User}'. Use another connection for it.";
        }

        if (agent is null) return null;
        if (!fresh.Allowed(Permissions.WorkTasks)) return fresh.Missing(Permissions.WorkTasks);
        if (fresh.OnlyAgent is { } only && only != agent) return $"This connection acts as agent '{agent}'; the token is for agent '{only}'.";
        return fresh.Swarms is null || (current.Swarms?.IsSubsetOf(fresh.Swarms) ?? false)
            ? null
            : "The token reaches fewer swarms than the previous one: send hello for the agent on a new connection.";
    }

    private void Admit(Credential credential)
    {
        Value = credential;
        _principal = credential.Principal!;
        _connection.Hears = Audience.FilterOf(_principal);
        if (credential.ExpiresAt is not null && _watch is null)
        {
            _watch = new ExpiryWatch(_host.Time, _host.Hive.Revoked, _responder.Expiring, _session.Lapse);
            _connection.Lapsed = () => _watch.IsOver;
        }

        _watch?.Set(credential);
    }
}
