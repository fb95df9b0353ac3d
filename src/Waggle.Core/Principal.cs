namespace Waggle.Core;

/// <summary>
/// On whose behalf a command is given. Commands have a principal, never a connection: a worker over plain HTTP has no connection.
/// </summary>
/// <param name="Subject">Who, for records and for people.</param>
/// <param name="Agent">The agent that this principal speaks for, proven by its secret; null for everybody else.</param>
/// <param name="Permissions">What it may do; <c>*</c> is everything.</param>
public sealed record Principal(string Subject, string Hive, string? Agent, IReadOnlySet<string> Permissions)
{
    private static readonly HashSet<string> Everything = ["*"];

    /// <summary>The hub itself: timers and reactions.</summary>
    public static Principal Hub(string hive) => new("hub", hive, null, Everything);

    /// <summary>Whoever reaches a loopback hub in development mode.</summary>
    public static Principal Local(string hive, string subject) => new(subject, hive, null, Everything);

    /// <summary>The one question that every command is asked before it is decided.</summary>
    public bool Allowed(string verb, string resource) => Permissions.Contains("*") || Permissions.Contains($"{verb}:{resource}");
}
