using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>An agent's durable state: its identity and its record of service.</summary>
public sealed record AgentEntity
{
    public static EntityKind Entity { get; } = new("agent", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Name { get; init; }

    /// <summary>The agent's type, see <see cref="AgentView.Type"/>.</summary>
    public string? Type { get; init; }
    public required string Swarm { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that the agent takes; null for all types.</summary>
    public IReadOnlyList<string>? Types { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public bool Draining { get; init; }

    /// <summary>
    /// The subject that requested the drain. A worker's own drain ends with the worker's next hello; any other drain outlives a reconnect of the same worker.
    /// </summary>
    public string? DrainedBy { get; init; }
    public DateTimeOffset? RemovedAt { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Lost { get; init; }

    /// <summary>The number of completed attempts with a known duration, and the sum of their durations.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Timed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long WorkedMs { get; init; }

    /// <summary>How it failed last; null once its worker sent a message again.</summary>
    public AgentFailure? Failure { get; init; }

    [JsonIgnore]
    public long? AverageMs => Timed == 0 ? null : WorkedMs / Timed;

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);
}

/// <summary>The hash of an agent's secret. It is an entity of its own, because every reader may see the agent and its records.</summary>
public sealed record AgentSecret(string Agent, string Sha256)
{
    public static EntityKind Entity { get; } = new("agent_secret", []);

    // A worker's own secret may not begin like this, so nobody holds an agent in the place of a user.
    private const string UserPrefix = "\u001fuser:";

    /// <summary>Returns the secret of agents whose workers have no secret: the token's user holds them, and no other user takes them over.</summary>
    public static string OfUser(string user) => UserPrefix + HashOf(user);

    public static bool IsOfUser(string secret) => secret.StartsWith(UserPrefix, StringComparison.Ordinal);

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary>The state of an agent that exists in memory only. A new owner starts with an empty one.</summary>
public sealed class AgentLiveness
{
    /// <summary>The link that receives assignments; null while the worker is not connected.</summary>
    public IAgentLink? Link { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>The start of the agent's silence: its last sign of life, or a later moment before which the hub itself could not receive.</summary>
    public DateTimeOffset SilentSince { get; set; }

    /// <summary>
    /// Whether the worker has sent a message since the hub's start. After a restart this is false until it does: the agent keeps its name and leases for one
    /// period, but the hub does not report it as online.
    /// </summary>
    public bool Heard { get; set; }
    public bool Online { get; set; }

    /// <summary>Whether the agent is online and has sent a message since the hub's start.</summary>
    public bool IsHere => Online && Heard;

    /// <summary>
    /// Whether a lease ended while the worker was silent, as when its process is stopped. The agent receives no work until the worker sends a message.
    /// </summary>
    public bool Unresponsive { get; set; }

    /// <summary>Whether the worker polls for work over HTTP. Such an agent has no link between two polls and still counts as connected.</summary>
    public bool Polls { get; set; }

    /// <summary>The credit that the worker granted.</summary>
    public int Slots { get; set; }

    /// <summary>The tasks whose leases the agent has.</summary>
    public HashSet<string> Holding { get; } = [];

    /// <summary>A number that grows with each assignment. The matcher uses it to share work evenly among equal agents.</summary>
    public long LastAssigned { get; set; }

    public int Free => Math.Max(0, Slots - Holding.Count);
}
