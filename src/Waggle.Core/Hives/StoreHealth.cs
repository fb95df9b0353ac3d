using System.Globalization;

namespace Waggle.Core.Hives;

/// <summary>
/// What a hive measured of its store: by its own commits, and by a look at where they go. Texts name no path, so that any client may read them.
/// </summary>
public sealed record StoreHealth
{
    // A commit takes milliseconds; a client that waits this long has long been slowed.
    private static readonly TimeSpan Hanging = TimeSpan.FromSeconds(10);

    /// <summary>The owner's loop has ended: nothing is decided any more.</summary>
    public bool Stopped { get; init; }

    /// <summary>Creations are refused until there is room; work under way goes on from a reserve.</summary>
    public bool Full { get; init; }

    /// <summary>Since the last commit that became durable. An idle hive commits twice a minute to know.</summary>
    public TimeSpan SinceCommit { get; init; }

    /// <summary>How long the commit under way has taken so far; null: none is.</summary>
    public TimeSpan? Committing { get; init; }

    /// <summary>Why the last commit failed; null: it did not.</summary>
    public string? Error { get; init; }

    /// <summary>What is wrong with where commits go (a data folder that was removed); null: nothing that can be seen.</summary>
    public string? Fault { get; init; }

    /// <summary>Stored entities that cannot be read and were set aside, as <c>kind id</c>; the first of them.</summary>
    public IReadOnlyList<string> Damaged { get; init; } = [];

    public int DamagedCount { get; init; }

    public bool TakesCreations => Problem is null;

    /// <summary>Why a creation could not be stored now; null: it could.</summary>
    public string? Problem =>
        Stopped ? "the hive has stopped"
        : Fault is not null ? Fault
        : Error is not null ? $"the last commit failed: {Error}"
        : Committing > Hanging ? string.Create(CultureInfo.InvariantCulture, $"a commit has been under way for {Committing.Value.TotalSeconds:F0} s")
        : Full ? "the disk or the database is full: creations are refused, work under way goes on"
        : null;
}
