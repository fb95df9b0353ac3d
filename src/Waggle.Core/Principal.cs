using Waggle.Core.Access;

namespace Waggle.Core;

/// <summary>
/// On whose behalf a command is given. Commands have a principal, never a connection: a worker over plain HTTP has no connection.
/// </summary>
/// <param name="Subject">Who, for records and for people.</param>
/// <param name="Agent">The agent that this principal speaks for, proven by its secret; null for everybody else.</param>
/// <param name="Permissions">What it may do, as <c>verb:resource</c>; <c>*</c> is everything.</param>
public sealed record Principal(string Subject, string Hive, string? Agent, IReadOnlySet<string> Permissions)
{
    private static readonly HashSet<string> Everything = [Access.Permissions.Everything];

    private static readonly IReadOnlySet<string> AllButAll =
        Access.Permissions.Expand(Access.Permissions.All.Select(p => p.Name).Except([Access.Permissions.AdminSystem], StringComparer.Ordinal), []);

    private const string WholeHive = ":system";

    private readonly string? _user;

    /// <summary>The swarms that it is limited to; null: none.</summary>
    public IReadOnlySet<string>? Swarms { get; init; }

    /// <summary>The only agent that it may speak for; null: any.</summary>
    public string? OnlyAgent { get; init; }

    /// <summary>The token's subject, which stays when a worker takes its agent's name.</summary>
    public string User
    {
        get => _user ?? Subject;
        init => _user = value;
    }

    /// <summary>Nothing is hidden from it.</summary>
    public bool IsUnlimited => Swarms is null && Permissions.Contains(Access.Permissions.Everything);

    /// <summary>The hub itself: timers and reactions.</summary>
    public static Principal Hub(string hive) => new("hub", hive, null, Everything);

    /// <summary>Whoever reaches a loopback hub in development mode.</summary>
    public static Principal Local(string hive, string subject) => new(subject, hive, null, Everything);

    /// <summary>One of several whom it lets in by the names that they give: what is private stays with each.</summary>
    public static Principal Anybody(string hive, string subject) => new(subject, hive, null, AllButAll);

    /// <summary>The same, speaking for an agent.</summary>
    public Principal For(string agent) => this with { Subject = agent, Agent = agent, User = User };

    /// <summary>The one question that every command is asked before it is decided. What concerns the whole hive is not for those who see a part.</summary>
    /// <param name="permission">As <c>verb:resource</c>, see <see cref="Access.Permissions"/>.</param>
    public bool Allowed(string permission) =>
        (Swarms is null || !permission.EndsWith(WholeHive, StringComparison.Ordinal))
            && (Permissions.Contains(Access.Permissions.Everything) || Permissions.Contains(permission));

    /// <summary>Whether a swarm, or what belongs to one, is there for it. What belongs to none is there for those without a limit.</summary>
    public bool Reaches(string? swarm) => Swarms is null || (swarm is not null && Swarms.Contains(swarm));

    /// <summary>Whether a private topic's owner is it.</summary>
    public bool Owns(string owner) => IsUnlimited || owner == Audience.SegmentOf(User);

    public string Missing(string permission) => Swarms is not null && permission.EndsWith(WholeHive, StringComparison.Ordinal)
        ? $"'{Subject}' may not {permission.Replace(':', ' ')}: its token is limited to swarms, and this concerns the whole hive."
        : $"'{Subject}' may not {permission.Replace(':', ' ')}: the permission {permission} is missing.";

    public string OutOfReach(string swarm) =>
        $"'{Subject}' may not reach swarm '{swarm}': its token is limited to {string.Join(", ", Swarms!.Order(StringComparer.Ordinal))}.";
}
