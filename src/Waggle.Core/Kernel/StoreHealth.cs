using System.Globalization;

namespace Waggle.Core.Kernel;

/// <summary>
/// The health of a hive's store, measured by the hive's own commits and by a check of the place where they go. The texts contain no path, so that any client
/// may read them.
/// </summary>
public sealed record StoreHealth
{
    // A commit takes milliseconds, so a commit that takes this long has slowed clients for a long time.
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(10);

    /// <summary>Whether the owner's loop has ended, so that the hive decides no command.</summary>
    public bool Stopped { get; init; }

    /// <summary>Whether the hive refuses creations until there is room. Work under way uses a reserve.</summary>
    public bool Full { get; init; }

    /// <summary>The time since the last durable commit. An idle hive commits twice a minute to measure it.</summary>
    public TimeSpan SinceCommit { get; init; }

    /// <summary>The time that the commit under way has taken so far; null without one.</summary>
    public TimeSpan? Committing { get; init; }

    /// <summary>The reason why the last commit failed; null if it succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>The visible fault of the place where commits go, such as a removed data folder; null if none is visible.</summary>
    public string? Fault { get; init; }

    /// <summary>The first of the stored entities that cannot be read and were set aside, as <c>kind id</c>.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];

    public int DamagedCount { get; init; }

    public bool TakesCreations => Problem is null;

    /// <summary>The reason why a creation could not be stored now; null if it could.</summary>
    public string? Problem =>
        Stopped ? "the hive has stopped"
        : Fault is not null ? Fault
        : Error is not null ? $"the last commit failed: {Error}"
        : Committing > Hanging ? string.Create(CultureInfo.InvariantCulture, $"a commit has been under way for {Committing.Value.TotalSeconds:F0} s")
        : Full ? "the disk or the database is full: creations are refused, work under way goes on"
        : null;
}
