using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>How the hub checks the result of a task before the task is completed. At least one of the checks is given; the schema comes first.</summary>
public sealed record VerifySpec
{
    /// <summary>A JSON schema (2020-12) that the result satisfies, at most 16 KiB.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Schema { get; init; }

    /// <summary>The tasks by which other agents check the result.</summary>
    public ReviewSpec? Review { get; init; }

    /// <summary>The time for all checks in milliseconds, 100 to 30 days. Default 10 minutes.</summary>
    public long? DeadlineMs { get; init; }
}

/// <summary>
/// The tasks by which agents other than the author check a result: a program that the operator runs as a worker, or reviewers. More than half of them decide.
/// </summary>
public sealed record ReviewSpec
{
    /// <summary>The type of the review tasks. Default <c>review</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The required capabilities of a reviewer and the least proficiency of each, from 0 to 1.</summary>
    public IReadOnlyDictionary<string, double>? Requires { get; init; }

    /// <summary>The number of reviews, 1 to 9 and odd. Default 1.</summary>
    public int? Count { get; init; }
}

/// <summary>The result of a review.</summary>
/// <param name="Task">The review task.</param>
/// <param name="Agent">The agent that reviewed; null for a review that no agent ended.</param>
/// <param name="Passed">Whether the result passed; null for a review without a verdict.</param>
public sealed record ReviewVerdict(string Task, string? Agent, bool? Passed, string? Reason);
