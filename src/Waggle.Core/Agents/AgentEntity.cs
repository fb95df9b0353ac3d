using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>An agent's durable state: who it is and what it has done.</summary>
public sealed record AgentEntity
{
    public static EntityKind Entity { get; } = new("agent", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Name { get; init; }

    /// <summary>See <see cref="AgentView.Type"/>.</summary>
    public string? Type { get; init; }
    public required string Swarm { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }

    /// <summary>The types of tasks that it takes; null: all.</summary>
    public IReadOnlyList<string>? Types { get; init; }
    public required DateTimeOffset RegisteredAt { get; init; }
    public bool Draining { get; init; }

    /// <summary>Who asked for the drain: the worker's own ends with its next hello, anybody else's outlives a reconnect of the same worker.</summary>
    public string? DrainedBy { get; init; }
    public DateTimeOffset? RemovedAt { get; init; }
    public long Completed { get; init; }
    public long Failed { get; init; }
    public long Lost { get; init; }

    /// <summary>Completed attempts whose duration is known, and how long they took together.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Timed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long WorkedMs { get; init; }

    [JsonIgnore]
    public long? AverageMs => Timed == 0 ? null : WorkedMs / Timed;

    [JsonIgnore]
    public EntityKey Key => new(Entity.Name, Id);
}

/// <summary>The hash of an agent's secret. Apart from the agent and its records, which everybody may read.</summary>
public sealed record AgentSecret(string Agent, string Sha256)
{
    public static EntityKind Entity { get; } = new("agent_secret", []);

    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary>What is known of an agent only in memory. A new owner starts it anew.</summary>
public sealed class AgentLiveness
{
    /// <summary>Where assignments go; null while the worker is not connected.</summary>
    public IAgentLink? Link { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Since when its silence counts: the last sign of life, or a later moment before which the hub itself could not hear.</summary>
    public DateTimeOffset SilentSince { get; set; }

    /// <summary>
    /// False after a restart until the worker says something: its name and its leases are kept for one period, but nobody is told that it is there.
    /// </summary>
    public bool Heard { get; set; }
    public bool Online { get; set; }

    /// <summary>It is online, and not by the courtesy of a restart.</summary>
    public bool IsHere => Online && Heard;

    /// <summary>A lease ran out without a word from the worker, as when its process is stopped: it gets no work until it says something.</summary>
    public bool Unresponsive { get; set; }

    /// <summary>It asks for work over HTTP: between two polls it has no link and is here all the same.</summary>
    public bool Polls { get; set; }

    /// <summary>The credit that the worker granted.</summary>
    public int Slots { get; set; }

    /// <summary>Tasks whose leases the agent has.</summary>
    public HashSet<string> Holding { get; } = [];

    /// <summary>Rises with each assignment, to share evenly among equals.</summary>
    public long LastAssigned { get; set; }

    public int Free => Math.Max(0, Slots - Holding.Count);
}

/// <summary>
/// The way to a connected worker. Called on the owner's loop after the commit: it must not block.
/// What it takes is never dropped: a link that cannot take it ends itself, and the worker resumes.
/// </summary>
public interface IAgentLink
{
    /// <param name="dependencies">The tasks that it waited for; null where it waited for none.</param>
    void Assign(TaskEntity task, TimeSpan lease, IReadOnlyList<Dependency>? dependencies);

    void Cancel(LeaseRef lease, string? reason, TimeSpan grace);

    void Stop(LeaseRef lease, string reason);

    /// <summary>A newer connection of the same agent took over, or the agent was removed.</summary>
    void Close(int code, string reason);
}
