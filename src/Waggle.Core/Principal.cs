using Waggle.Core.Access;

namespace Waggle.Core;

/// <summary>
/// The identity on whose behalf a command runs. A command carries a principal and never a connection, because a worker over plain HTTP has no connection.
/// </summary>
/// <param name="Subject">The name of the principal in records and for people.</param>
/// <param name="Agent">The agent that this principal acts for, proven by the agent's secret; null for any other principal.</param>
/// <param name="Permissions">The permissions of the principal, as <c>verb:resource</c>; <c>*</c> grants everything.</param>
public sealed record Principal(string Subject, string Hive, string? Agent, IReadOnlySet<string> Permissions)
{
    private static readonly HashSet<string> Everything = [Access.Permissions.Everything];

    private static readonly IReadOnlySet<string> AllButAll =
        Access.Permissions.Expand(Access.Permissions.All.Select(p => p.Name).Except([Access.Permissions.AdminSystem], StringComparer.Ordinal), []);

    // The resources that belong to no swarm.
    private static readonly string[] WholeHive = [":system", ":audit", ":tokens"];

    private readonly string? _user;

    /// <summary>The swarms that the principal is limited to; null for a principal without a limit.</summary>
    public IReadOnlySet<string>? Swarms { get; init; }

    /// <summary>The names of the memory namespaces that the principal is limited to, in any swarm; null for a principal without a limit.</summary>
    public IReadOnlySet<string>? Namespaces { get; init; }

    /// <summary>The only agent that the principal may act for; null permits any agent.</summary>
    public string? OnlyAgent { get; init; }

    /// <summary>The id of the token (<c>jti</c>); null for a token without one, and without a token.</summary>
    public string? TokenId { get; init; }

    /// <summary>The address of the client; null for the hub itself.</summary>
    public string? Address { get; init; }

    /// <summary>The token's subject. It stays the same when the principal takes the name of a worker's agent.</summary>
    public string User
    {
        get => _user ?? Subject;
        init => _user = value;
    }

    /// <summary>Whether the principal may see and do everything.</summary>
    public bool IsUnlimited => Swarms is null && Namespaces is null && Permissions.Contains(Access.Permissions.Everything);

    /// <summary>Returns the principal of the hub itself, which runs timers and reactions.</summary>
    public static Principal Hub(string hive) => new("hub", hive, null, Everything);

    /// <summary>Returns the principal of a client that reaches a loopback hub in development mode.</summary>
    public static Principal Local(string hive, string subject) => new(subject, hive, null, Everything);

    /// <summary>
    /// Returns the principal of one of several clients that the hub admits by the names they give. Each client's private data stays hidden from the others.
    /// </summary>
    public static Principal Anybody(string hive, string subject) => new(subject, hive, null, AllButAll);

    /// <summary>Returns this principal as it acts for an agent.</summary>
    public Principal For(string agent) => this with { Subject = agent, Agent = agent, User = User };

    /// <summary>
    /// Returns whether the principal has a permission. The hub asks this for every command before it decides the command. A principal that is limited to swarms
    /// has no permission that concerns the whole hive.
    /// </summary>
    /// <param name="permission">The permission as <c>verb:resource</c>, see <see cref="Access.Permissions"/>.</param>
    public bool Allowed(string permission) =>
        (Swarms is null || !ConcernsHive(permission))
            && (Permissions.Contains(Access.Permissions.Everything) || Permissions.Contains(permission));

    /// <summary>
    /// Returns whether the principal reaches a swarm or an item of that swarm. Only a principal without a limit reaches an item that belongs to no swarm.
    /// </summary>
    public bool Reaches(string? swarm) => Swarms is null || (swarm is not null && Swarms.Contains(swarm));

    /// <summary>Whether a memory namespace of this name is there for it, where it reaches the swarm.</summary>
    public bool ReachesNamespace(string ns) => Namespaces is null || Namespaces.Contains(ns);

    /// <summary>Returns whether the principal is the owner of a private topic.</summary>
    public bool Owns(string owner) => IsUnlimited || owner == Audience.SegmentOf(User);

    public string Missing(string permission) => Swarms is not null && ConcernsHive(permission)
        ? $"'{Subject}' may not {permission.Replace(':', ' ')}: its token is limited to swarms, and this concerns the whole hive."
        : $"'{Subject}' may not {permission.Replace(':', ' ')}: the permission {permission} is missing.";

    public string OutOfReach(string swarm) =>
        $"'{Subject}' may not reach swarm '{swarm}': its token is limited to {string.Join(", ", Swarms!.Order(StringComparer.Ordinal))}.";

    private static bool ConcernsHive(string permission)
    {
        foreach (var resource in WholeHive)
        {
            if (permission.EndsWith(resource, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
