namespace Waggle.Protocol.Messages;

public sealed record AgentList : ClientMessage
{
    public override string Type => "agent.list";

    public string? Swarm { get; init; }
}

public sealed record AgentShow : ClientMessage
{
    public override string Type => "agent.show";

    public required string Agent { get; init; }
}

/// <summary>Removes an agent permanently; other agents receive its tasks at once.</summary>
public sealed record AgentRemove : ClientMessage
{
    public override string Type => "agent.remove";

    public required string Agent { get; init; }
    public string? Reason { get; init; }
}

/// <summary>Stops assigning tasks to the agent; it finishes the tasks that it holds. Without <see cref="Agent"/>: the agent of this connection.</summary>
public sealed record AgentDrain : ClientMessage
{
    public override string Type => "agent.drain";

    public string? Agent { get; init; }
}

/// <summary>Resumes assigning tasks to a drained agent.</summary>
public sealed record AgentResume : ClientMessage
{
    public override string Type => "agent.resume";

    public required string Agent { get; init; }
}

/// <summary>Sets the worker's new credit: the number of tasks that it takes at a time.</summary>
public sealed record AgentCredit : ClientMessage
{
    public override string Type => "agent.credit";

    public required int Slots { get; init; }
}
