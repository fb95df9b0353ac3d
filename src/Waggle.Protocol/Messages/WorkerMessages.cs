using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>What a worker says of a lease that it holds. Accepted by compare-and-set on (task, attempt, token) and the connection's agent.</summary>
public abstract record LeaseMessage : ClientMessage
{
    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
}

public sealed record TaskStart : LeaseMessage
{
    public override string Type => "task.start";
}

public sealed record TaskProgress : LeaseMessage
{
    public override string Type => "task.progress";

    /// <summary>0..1</summary>
    public required double Progress { get; init; }
    public string? Message { get; init; }
}

public sealed record TaskLog : LeaseMessage
{
    public override string Type => "task.log";

    public required IReadOnlyList<string> Lines { get; init; }
}

/// <summary>To be kept by the worker and sent again until it is answered.</summary>
public sealed record TaskComplete : LeaseMessage
{
    public override string Type => "task.complete";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>In place of the result: one that was uploaded before, as the answer to the upload named it.</summary>
    public ResultRef? ResultRef { get; init; }
    public Usage? Usage { get; init; }
}

public sealed record TaskFail : LeaseMessage
{
    public override string Type => "task.fail";

    public required TaskError Error { get; init; }

    // With a set: the generated reader gives init fields that are left out the default of their type, not this one.
    public bool Retryable { get; set; } = true;

    /// <summary>In place of the hub's back-off.</summary>
    public long? RetryAfterMs { get; init; }
    public Usage? Usage { get; init; }
}

/// <summary>Declines a task, before or after its start: another agent gets it, and no failure is counted.</summary>
public sealed record TaskRefuse : LeaseMessage
{
    public override string Type => "task.refuse";

    public string? Reason { get; init; }
}

/// <summary>Hands a task back (the worker is leaving); not an attempt.</summary>
public sealed record TaskRelease : LeaseMessage
{
    public override string Type => "task.release";

    public string? Reason { get; init; }
}

/// <summary>The worker obeyed a cancellation.</summary>
public sealed record TaskCancelled : LeaseMessage
{
    public override string Type => "task.cancelled";
}

/// <summary>Heartbeat and renewal in one: names every lease that the worker holds. The reply says which to stop.</summary>
public sealed record LeaseRenew : ClientMessage
{
    public override string Type => "lease.renew";

    public required IReadOnlyList<LeaseRef> Leases { get; init; }
}
