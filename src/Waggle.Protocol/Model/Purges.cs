using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>The state of a purge.</summary>
[JsonConverter(typeof(SnakeCaseEnum<PurgeState>))]
public enum PurgeState
{
    /// <summary>The hub works on it, a little at a time. It continues after a restart of the hub.</summary>
    Running,

    /// <summary>Everything that it found is erased.</summary>
    Done,
}

/// <summary>The part of its work that a purge is at.</summary>
[JsonConverter(typeof(SnakeCaseEnum<PurgeStep>))]
public enum PurgeStep
{
    /// <summary>The stored tasks with their attempts, questions and log lines.</summary>
    Tasks,

    /// <summary>Entries of memory.</summary>
    Memory,

    /// <summary>Messages of conversations, and notifications.</summary>
    Messages,

    /// <summary>Results that are stored as files.</summary>
    Blobs,

    /// <summary>The log of records.</summary>
    Log,

    /// <summary>The indexes of the search, and what deleted data left behind in the files of the store.</summary>
    Files,
}

/// <summary>What a purge erases: one task, or all that a subject brought. Exactly one of the two is there.</summary>
public sealed record PurgeSpec
{
    /// <summary>A task that has ended.</summary>
    public string? Task { get; init; }

    /// <summary>The name of a client, as <see cref="TaskView.CreatedBy"/> has it.</summary>
    public string? Subject { get; init; }
}

/// <summary>What a purge would begin with, or has erased so far.</summary>
/// <param name="Tasks">Tasks that have ended.</param>
/// <param name="OpenTasks">Tasks that have not ended, which a purge leaves as they are.</param>
/// <param name="MemoryEntries">Entries of memory.</param>
/// <param name="Messages">Messages of conversations, and notifications.</param>
public sealed record PurgeCounts(long Tasks, long OpenTasks, long MemoryEntries, long Messages);

/// <summary>What a purge would begin with.</summary>
public sealed record PurgeCounted(PurgeSpec Spec, PurgeCounts Counts);

/// <summary>A purge: what it is to erase, and how far it is.</summary>
public sealed record PurgeView
{
    public required string Id { get; init; }
    public required PurgeSpec Spec { get; init; }
    public required PurgeState State { get; init; }

    /// <summary>The part that the purge is at; null once it is done.</summary>
    public PurgeStep? Step { get; init; }

    /// <summary>What it has erased so far.</summary>
    public required PurgeCounts Counts { get; init; }

    /// <summary>The first of the tasks that it left because they have not ended.</summary>
    public IReadOnlyList<string>? OpenTasks { get; init; }

    /// <summary>The results that it deleted.</summary>
    public required long Blobs { get; init; }

    /// <summary>The records of the log that lost their payload.</summary>
    public required long Records { get; init; }

    /// <summary>The offset of the log up to which records have lost their payload; null before the step.</summary>
    public long? LogOffset { get; init; }

    /// <summary>The offset of the log that the step ends at; null before the step.</summary>
    public long? LogEnd { get; init; }
    public required string StartedBy { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}
