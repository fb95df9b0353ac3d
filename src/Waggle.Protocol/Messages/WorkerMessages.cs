using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>
/// A worker's message about a lease that it holds. The hub accepts it by compare-and-set on (task, attempt, token) and the connection's agent.
/// </summary>
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

    /// <summary>The progress, from 0 to 1.</summary>
    public required double Progress { get; init; }
    public string? Message { get; init; }

    /// <summary>What the attempt used so far with one model.</summary>
    public Usage? Usage { get; init; }
}

/// <summary>Reports what the attempt used so far with one model. The same report again changes nothing.</summary>
public sealed record TaskUsage : LeaseMessage
{
    public override string Type => "task.usage";

    public required Usage Usage { get; init; }
}

public sealed record TaskLog : LeaseMessage
{
    public override string Type => "task.log";

    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>The importance of the lines; null states none.</summary>
    public AgentLogLevel? Level { get; init; }
}

/// <summary>Completes a task. The worker keeps the message and sends it again until the hub answers it.</summary>
public sealed record TaskComplete : LeaseMessage
{
    public override string Type => "task.complete";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>The reference to a result that was uploaded before, as the answer to the upload gave it. It takes the place of the result.</summary>
    public ResultRef? ResultRef { get; init; }
    public Usage? Usage { get; init; }
}

public sealed record TaskFail : LeaseMessage
{
    public override string Type => "task.fail";

    public required TaskError Error { get; init; }

    // The property has a set accessor, because the generated reader gives an absent init property the default of its type and not this value.
    public bool Retryable { get; set; } = true;

    /// <summary>The time until the next attempt in milliseconds, in place of the hub's back-off.</summary>
    public long? RetryAfterMs { get; init; }
    public Usage? Usage { get; init; }
}

/// <summary>Declines a task, before or after its start. Another agent gets it, and the hub counts no failure.</summary>
public sealed record TaskRefuse : LeaseMessage
{
    public override string Type => "task.refuse";

    public string? Reason { get; init; }
}

/// <summary>Returns a task because the worker is leaving. The hub counts no attempt.</summary>
public sealed record TaskRelease : LeaseMessage
{
    public override string Type => "task.release";

    public string? Reason { get; init; }
}

/// <summary>Confirms that the worker obeyed a cancellation.</summary>
public sealed record TaskCancelled : LeaseMessage
{
    public override string Type => "task.cancelled";
}

/// <summary>Renews every lease that the worker holds and names, as its heartbeat. The reply lists the leases to stop.</summary>
public sealed record LeaseRenew : ClientMessage
{
    public override string Type => "lease.renew";

    public required IReadOnlyList<LeaseRef> Leases { get; init; }
}
