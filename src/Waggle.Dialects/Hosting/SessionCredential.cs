using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>On whose behalf a session acts, with which permissions, and until when. Changed by the session's reading loop; read by any thread.</summary>
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
    /// <param name="address">Where the client is, for limits on wrong tokens.</param>
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

    /// <summary>The agent that the session speaks for.</summary>
    public string? Agent { get; private set; }

    /// <summary>The connection's place in the hub; null where places are not counted.</summary>
    public IPlace? Place { get; set; }

    /// <summary>
    /// Whether the token has lapsed for an intent. The timer that ends the connection may be late: the machine slept, or its clock was set. An intent that
    /// brings a fresh token is looked at all the same.
    /// </summary>
    public bool HasLapsed(Intent intent) => _watch?.IsOver == true && intent is not (RefreshIntent or HelloIntent { Token: not null });

    /// <summary>A token in the hello stands above that of the upgrade request.</summary>
    /// <returns>Null, or why the client is refused.</returns>
    public async ValueTask<Error?> AuthenticateAsync(HelloIntent hello)
    {
        if (hello.Token is null && Value.Principal is not null) return null;
        var credential = await _host.Authenticator.AuthenticateAsync(hello.Token, _address, CancellationToken.None);
        var refusal = credential.Principal is null ? credential.Error! : Place?.Promote();
        if (refusal is null) Admit(credential);
        return refusal;
    }

    /// <summary>Puts a fresh token in the place of the last, if it is for the same subject and reaches as far as its agent needs.</summary>
    public async ValueTask<Outcome> RefreshAsync(string token)
    {
        var fresh = await _host.Authenticator.AuthenticateAsync(token, _address, CancellationToken.None);
        var head = _host.Hive.Head;
        if (fresh.Principal is not { } principal) return new Outcome(null, fresh.Error, head);
        if (RefreshProblem(_principal, Agent, principal) is { } problem) return new Outcome(null, new Error(ErrorCodes.Forbidden, problem), head);
        Admit(fresh with { Principal = Agent is null ? principal : principal.For(Agent) });
        return new Outcome(new AuthRefreshed(fresh.ExpiresAt), null, head);
    }

    /// <summary>The session speaks for an agent from here on.</summary>
    public void SpeakFor(string agent)
    {
        Agent = agent;
        _connection.Agent = agent;
        Admit(Value with { Principal = _principal.For(agent) });
    }

    /// <summary>Without authentication a client is who it says that it is.</summary>
    public void ActAs(string subject)
    {
        if (!_host.Authenticator.Required) Admit(Value with { Principal = Principal.Anybody(_host.Hive.Options.Hive, subject) });
    }

    public void Dispose() => _watch?.Dispose();

    /// <summary>A connection stays one subject's, and what its agent holds stays within its reach.</summary>
    /// <returns>Null, or why a fresh token cannot take the place of the current one.</returns>
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
            _watch = new ExpiryWatch(_host.Time, _responder.Expiring, _session.Lapse);
            _connection.Lapsed = () => _watch.IsOver;
        }

        _watch?.Set(credential);
    }
}
