using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Starts agents on a runner that offers the role. The answer lists them as requested; their records tell how they go on.</summary>
public sealed record AgentSpawn : ClientMessage
{
    public override string Type => "agent.spawn";

    /// <summary>The role of a template; else <see cref="AgentType"/>.</summary>
    public string? Role { get; init; }

    /// <summary>The type of a template, instead of its role.</summary>
    public string? AgentType { get; init; }

    /// <summary>1 to 100; 1 if left out.</summary>
    public int? Count { get; init; }

    /// <summary>The swarm of the agents; null for the default one.</summary>
    public string? Swarm { get; init; }

    /// <summary>Those capabilities of the template that the agents get; null for all.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>The id of the agent; with a count over 1, the beginning of their ids. Null lets the hub choose.</summary>
    public string? Name { get; init; }
}

/// <summary>Stops spawned agents: one by its id, or a number of those of a role in a swarm, the idle ones first.</summary>
public sealed record AgentStop : ClientMessage
{
    public override string Type => "agent.stop";

    public string? Agent { get; init; }
    public string? Role { get; init; }

    /// <summary>The swarm of the agents of the role; null for the default one.</summary>
    public string? Swarm { get; init; }

    /// <summary>How many agents of the role; 1 if left out.</summary>
    public int? Count { get; init; }
    public string? Reason { get; init; }
}

/// <summary>Lists spawned agents, the newest first.</summary>
public sealed record SpawnList : ClientMessage
{
    public override string Type => "spawn.list";

    public string? Swarm { get; init; }
    public string? Runner { get; init; }
    public SpawnState? State { get; init; }
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000; 100 if left out.</summary>
    public int? Limit { get; init; }
}

public sealed record SpawnShow : ClientMessage
{
    public override string Type => "spawn.show";

    public required string Spawn { get; init; }
}

/// <summary>Lists the runners with their templates.</summary>
public sealed record RunnerList : ClientMessage
{
    public override string Type => "runner.list";
}

/// <summary>
/// Makes the connection that of a runner: it announces its templates and receives <see cref="RunnerStart"/> and <see cref="RunnerStop"/>. A runner sends it
/// again after each reconnect.
/// </summary>
public sealed record RunnerAttach : ClientMessage
{
    public override string Type => "runner.attach";

    /// <summary>The runner's id, which it keeps over restarts.</summary>
    public required string Runner { get; init; }

    /// <summary>A random text of 16 to 100 characters that the runner's process draws. While it is connected, another process cannot take its id.</summary>
    public required string Instance { get; init; }
    public required int MaxAgents { get; init; }
    public required IReadOnlyList<RunnerTemplate> Templates { get; init; }

    /// <summary>The processes that it has, those included whose end the hub has not acknowledged yet.</summary>
    public IReadOnlyList<ProcessRef>? Processes { get; init; }
}

/// <summary>One process of a spawned agent.</summary>
public sealed record ProcessRef(string Spawn, int Attempt);

[JsonConverter(typeof(SnakeCaseEnum<ProcessState>))]
public enum ProcessState
{
    /// <summary>The runner is about to start the process. It starts it if the answer says so.</summary>
    Starting,
    Started,
    Exited,

    /// <summary>The process was not started.</summary>
    NotStarted,
}

/// <summary>A runner's message about one of its processes.</summary>
public sealed record RunnerReport : ClientMessage
{
    public override string Type => "runner.report";

    public required string Spawn { get; init; }
    public required int Attempt { get; init; }
    public required ProcessState State { get; init; }

    /// <summary>Of <c>starting</c>: the SHA-256 of the token that the process says hello with, 64 hexadecimal digits.</summary>
    public string? TokenSha256 { get; init; }

    /// <summary>Of <c>started</c>.</summary>
    public int? Pid { get; init; }

    /// <summary>Of <c>exited</c>: either this or <see cref="Signal"/>.</summary>
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }

    /// <summary>Of <c>not_started</c>: whether its program is missing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ProgramMissing { get; init; }

    /// <summary>Details for people, at most 2,000 characters.</summary>
    public string? Message { get; init; }
}

/// <summary>Announces that the runner ends: it gets no more requests, and its agents are stopping.</summary>
public sealed record RunnerLeave : ClientMessage
{
    public override string Type => "runner.leave";
}

/// <summary>Asks a runner to start a process. Nothing in it reaches a command line: the runner's own template has the command.</summary>
public sealed record RunnerStart : HubMessage
{
    public override string Type => "runner.start";

    public required string Spawn { get; init; }
    public required int Attempt { get; init; }
    public required string Role { get; init; }
    public required string Agent { get; init; }
    public required string Name { get; init; }
    public required string AgentType { get; init; }
    public required string Swarm { get; init; }
    public required IReadOnlyDictionary<string, double> Capabilities { get; init; }
    public required int Slots { get; init; }
}

/// <summary>Asks a runner to end a process: first politely, then by force.</summary>
public sealed record RunnerStop : HubMessage
{
    public override string Type => "runner.stop";

    public required string Spawn { get; init; }

    /// <summary>The process; a runner without it reports that it was not started.</summary>
    public required int Attempt { get; init; }
    public required string Reason { get; init; }
}
