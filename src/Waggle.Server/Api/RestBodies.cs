using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal sealed record SwarmBody
{
    /// <summary>Left out: the hub gives one.</summary>
    public string? Id { get; init; }
    public required string Name { get; init; }
}

internal sealed record CancelBody
{
    public string? Reason { get; init; }
    public bool Force { get; init; }
}

internal sealed record PriorityBody
{
    public required int Priority { get; init; }
}

/// <summary>What a worker without a connection proves itself with, each time.</summary>
internal interface IAgentProof
{
    string Agent { get; }

    string Secret { get; }
}

/// <summary>A worker asks for work.</summary>
internal sealed record PollBody : IAgentProof
{
    public required string Agent { get; init; }
    public required string Secret { get; init; }
    public string? Name { get; init; }
    public string? Swarm { get; init; }
    public IReadOnlyDictionary<string, double>? Capabilities { get; init; }

    /// <summary>The types of tasks that the agent takes. Left out: as before, all at first.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>
    /// Leases that it knows of. What it holds, has not spoken of yet and does not name here is given to it again: the answer may have been lost.
    /// </summary>
    public IReadOnlyList<Waggle.Protocol.Messages.LeaseRef>? Holding { get; init; }

    /// <summary>How many tasks at most.</summary>
    // With a set: the generated reader gives init fields that are left out the default of their type, not this one.
    public int N { get; set; } = 1;

    /// <summary>How long to wait for the first.</summary>
    public int WaitMs { get; set; } = 30_000;
}

/// <summary>What every message about a lease says: the task is in the path.</summary>
internal record LeaseBody : IAgentProof
{
    public required string Agent { get; init; }
    public required string Secret { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
}

internal sealed record ProgressBody : LeaseBody
{
    /// <summary>0..1</summary>
    public required double Progress { get; init; }
    public string? Message { get; init; }
}

internal sealed record LogBody : LeaseBody
{
    public required IReadOnlyList<string> Lines { get; init; }
}

internal sealed record CompleteBody : LeaseBody
{
    public RawJson Result { get; init; }

    /// <summary>In place of the result: what the upload answered.</summary>
    public ResultRef? ResultRef { get; init; }
    public Usage? Usage { get; init; }
}

internal sealed record FailBody : LeaseBody
{
    public required TaskError Error { get; init; }

    // With a set: the generated reader gives init fields that are left out the default of their type, not this one.
    public bool Retryable { get; set; } = true;
    public long? RetryAfterMs { get; init; }
    public Usage? Usage { get; init; }
}

internal sealed record ReasonBody : LeaseBody
{
    public string? Reason { get; init; }
}

/// <summary>A task handed to the worker that asked, with the lease to name in everything it says of it.</summary>
internal sealed record Leased
{
    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required long LeaseMs { get; init; }
    public required string Swarm { get; init; }
    public required TaskSpec Spec { get; init; }

    /// <summary>The tasks that it waited for; null where it waited for none.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; init; }
}

/// <summary>What a task's attempts said, as far as it is still in memory.</summary>
/// <param name="Since">Everything said since then is here, but for the lines counted as dropped; what was said before may be missing.</param>
internal sealed record TaskLogPage(string Task, DateTimeOffset Since, IReadOnlyList<AttemptLog> Attempts);

/// <param name="Dropped">Lines before those that are shown.</param>
internal sealed record AttemptLog(int Attempt, string Agent, long Dropped, IReadOnlyList<LogLine> Lines);

/// <param name="At">When the hub heard it.</param>
internal sealed record LogLine(DateTimeOffset At, string Line);

internal sealed record LeasePage(IReadOnlyList<Leased> Leases);

/// <summary>A piece of the log. Position: where the next piece begins.</summary>
internal sealed record LogPage(IReadOnlyList<RecordMessage> Records, Protocol.Position Position, bool AtHead);

/// <summary>A client that is here now. Null is: not known of this kind.</summary>
internal sealed record ConnectionView
{
    public required string Id { get; init; }

    /// <summary>websocket | event_stream | poll</summary>
    public required string Kind { get; init; }

    /// <summary>socket: plain TCP, written to directly. pipe: TLS, or an HTTP response. stream: an upgraded request, or HTTP/2.</summary>
    public required string Road { get; init; }
    public required bool Tls { get; init; }
    public required string Remote { get; init; }
    public required DateTimeOffset Since { get; init; }
    public string? Software { get; init; }
    public string? Agent { get; init; }

    /// <summary>The user that is here by it.</summary>
    public string? User { get; init; }
    public long? Sent { get; init; }
    public long? SentBytes { get; init; }
    public int? Queued { get; init; }
    public long? QueuedBytes { get; init; }
    public long? Dropped { get; init; }
    public int? Subscriptions { get; init; }
}

internal sealed record ConnectionPage(int Count, IReadOnlyList<ConnectionView> Connections);
