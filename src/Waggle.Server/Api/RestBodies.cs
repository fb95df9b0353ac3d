using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal sealed record SwarmBody
{
    /// <summary>The id; null lets the hub choose one.</summary>
    public string? Id { get; init; }
    public required string Name { get; init; }

    /// <summary>The links between its agents; null for a mesh.</summary>
    public TopologySpec? Topology { get; init; }
}

internal sealed record TopologyBody
{
    public required TopologySpec Topology { get; init; }

    /// <summary>The reason, for people and for the log.</summary>
    public string? Reason { get; init; }
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

internal sealed record AssignBody
{
    public required string Agent { get; init; }

    /// <summary>A new priority, 1 (first) to 5 (last); null keeps the task's own.</summary>
    public int? Priority { get; init; }
}

/// <summary>The proof that a worker without a connection sends with each request.</summary>
internal interface IAgentProof
{
    string Agent { get; }

    string Secret { get; }
}

/// <summary>A worker's request for work.</summary>
internal sealed record PollBody : IAgentProof
{
    public required string Agent { get; init; }
    public required string Secret { get; init; }
    public string? Name { get; init; }
    public string? Swarm { get; init; }
    public IReadOnlyDictionary<string, double>? Capabilities { get; init; }

    /// <summary>The types of tasks that the agent takes; null keeps the present ones, which are all types for a new agent.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>
    /// The leases that the worker holds. The hub sends a lease again that the agent holds, has never mentioned and does not name here, because the answer may
    /// have been lost.
    /// </summary>
    public IReadOnlyList<Waggle.Protocol.Messages.LeaseRef>? Holding { get; init; }

    /// <summary>The token of a process that a runner started, from its variable <c>WAGGLE_SPAWN_TOKEN</c>.</summary>
    public string? SpawnToken { get; init; }

    /// <summary>The greatest number of tasks in the answer.</summary>
    // The property has a set accessor, because the generated reader gives an absent init property the default of its type and not this value.
    public int N { get; set; } = 1;

    /// <summary>The time to wait for the first task, in milliseconds.</summary>
    public int WaitMs { get; set; } = 30_000;
}

/// <summary>The base of the messages about a lease. The path names the task.</summary>
internal record LeaseBody : IAgentProof
{
    public required string Agent { get; init; }
    public required string Secret { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
}

internal sealed record ProgressBody : LeaseBody
{
    /// <summary>The progress, from 0 to 1.</summary>
    public required double Progress { get; init; }
    public string? Message { get; init; }

    /// <summary>What the attempt used so far with one model.</summary>
    public Usage? Usage { get; init; }
}

internal sealed record UsageBody : LeaseBody
{
    public required Usage Usage { get; init; }
}

internal sealed record LogBody : LeaseBody
{
    public required IReadOnlyList<string> Lines { get; init; }
    public AgentLogLevel? Level { get; init; }
}

internal sealed record CompleteBody : LeaseBody
{
    public RawJson Result { get; init; }

    /// <summary>The reference that the upload returned. It takes the place of the result.</summary>
    public ResultRef? ResultRef { get; init; }
    public Usage? Usage { get; init; }
}

internal sealed record AskBody : LeaseBody
{
    public required QuestionSpec Question { get; init; }

    /// <summary>The checkpoint to keep with the question; absent leaves the task's checkpoint as it is.</summary>
    public RawJson Checkpoint { get; init; }
}

internal sealed record CheckpointBody : LeaseBody
{
    /// <summary>JSON of up to 32 KiB that the next attempt receives.</summary>
    public required RawJson Checkpoint { get; init; }
}

internal sealed record FailBody : LeaseBody
{
    public required TaskError Error { get; init; }

    // The property has a set accessor, because the generated reader gives an absent init property the default of its type and not this value.
    public bool Retryable { get; set; } = true;
    public long? RetryAfterMs { get; init; }
    public Usage? Usage { get; init; }
}

internal sealed record ReasonBody : LeaseBody
{
    public string? Reason { get; init; }
}

/// <summary>A task assigned to the worker that asked, with the lease to name in every message about it.</summary>
internal sealed record Leased
{
    public required string Task { get; init; }
    public required int Attempt { get; init; }
    public required long Token { get; init; }
    public required long LeaseMs { get; init; }
    public required string Swarm { get; init; }
    public required TaskSpec Spec { get; init; }

    /// <summary>The dependencies of the task; null for a task without dependencies.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; init; }

    /// <summary>The answers to the questions of earlier attempts, the newest last; null for a task without any.</summary>
    public IReadOnlyList<QuestionAnswer>? Answers { get; init; }

    /// <summary>The checkpoint that the last attempt kept; absent for a task without one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Checkpoint { get; init; }

    /// <summary>The parts of the input that are too large for an assignment. They are null in the input.</summary>
    public IReadOnlyList<InputRef>? InputRefs { get; init; }
}

internal sealed record LeasePage(IReadOnlyList<Leased> Leases);

/// <summary>A piece of the log. Position is the place where the next piece begins.</summary>
internal sealed record LogPage(IReadOnlyList<RecordMessage> Records, Protocol.Position Position, bool AtHead);

/// <summary>A connected client. A null property is unknown for this kind of client.</summary>
internal sealed record ConnectionView
{
    public required string Id { get; init; }

    /// <summary>The kind: websocket | event_stream | poll</summary>
    public required string Kind { get; init; }

    /// <summary>The transport. socket: plain TCP, written to directly. pipe: TLS, or an HTTP response. stream: an upgraded request, or HTTP/2.</summary>
    public required string Road { get; init; }
    public required bool Tls { get; init; }
    public required string Remote { get; init; }
    public required DateTimeOffset Since { get; init; }
    public string? Software { get; init; }
    public string? Agent { get; init; }

    /// <summary>The user of the connection.</summary>
    public string? User { get; init; }
    public long? Sent { get; init; }
    public long? SentBytes { get; init; }
    public int? Queued { get; init; }
    public long? QueuedBytes { get; init; }
    public long? Dropped { get; init; }

    /// <summary>The number of times that the client read so slowly that records were dropped.</summary>
    public int? SlowEpisodes { get; init; }

    /// <summary>The last measured round trip of a ping in milliseconds. The hub pings a WebSocket that is silent, and each Socket.IO client.</summary>
    public double? RoundTripMs { get; init; }

    /// <summary>The smoothed difference of consecutive round trips in milliseconds (RFC 3550); null before the second.</summary>
    public double? JitterMs { get; init; }
    public int? Subscriptions { get; init; }
}

internal sealed record ConnectionPage(int Count, IReadOnlyList<ConnectionView> Connections);
