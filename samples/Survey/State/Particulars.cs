using Waggle.Protocol.Model;

namespace Waggle.Survey.State;

/// <summary>The fields of records that the demo reads, for all kinds. A field that a kind does not have is null.</summary>
internal sealed record Particulars
{
    public string? Task { get; init; }
    public string? Title { get; init; }
    public TaskState? State { get; init; }
    public SpecType? Spec { get; init; }
    public string? Agent { get; init; }
    public string? AgentName { get; init; }

    /// <summary>The name of an agent.</summary>
    public string? Name { get; init; }
    public AgentStatus? Status { get; init; }
    public int? Attempt { get; init; }
    public double? Progress { get; init; }
    public string? Message { get; init; }
    public string? Reason { get; init; }
    public EndedAttempt? Ended { get; init; }
    public TaskError? Error { get; init; }
}

internal sealed record SpecType(string? Type);

internal sealed record EndedAttempt(string Agent, int Attempt, string Outcome);
