using System.Text.Json.Serialization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>A completion that is being checked: the attempt that claimed it, and the checks so far.</summary>
public sealed record Claim
{
    /// <summary>The lease under which the worker completed the task.</summary>
    public required LeaseInfo Lease { get; init; }

    /// <summary>The end of the attempt as the worker reported it.</summary>
    public required AttemptEnd Ended { get; init; }
    public required long DurationMs { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The time at which the checks are over.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Whether the result is still to be checked against the schema.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SchemaPending { get; init; }

    /// <summary>The review tasks that were created; null before.</summary>
    public IReadOnlyList<string>? Reviews { get; init; }

    /// <summary>The reviews that ended; null before the first.</summary>
    public IReadOnlyList<ReviewVerdict>? Verdicts { get; init; }
}
