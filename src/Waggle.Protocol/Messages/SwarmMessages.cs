using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

public sealed record SwarmCreate : ClientMessage
{
    public override string Type => "swarm.create";

    public required string Name { get; init; }

    /// <summary>The swarm's id; null lets the hub choose one.</summary>
    public string? Swarm { get; init; }

    /// <summary>The links between its agents; null for a mesh.</summary>
    public TopologySpec? Topology { get; init; }
}

/// <summary>Gives a swarm another topology.</summary>
public sealed record SwarmSetTopology : ClientMessage
{
    public override string Type => "swarm.set_topology";

    public required string Swarm { get; init; }
    public required TopologySpec Topology { get; init; }

    /// <summary>The reason, for people and for the log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Lists the agents of a swarm that are online with their places in its topology, by id.</summary>
public sealed record SwarmTopology : ClientMessage
{
    public override string Type => "swarm.topology";

    public required string Swarm { get; init; }

    /// <summary>The cursor of the previous page.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

public sealed record SwarmList : ClientMessage
{
    public override string Type => "swarm.list";
}

public sealed record SwarmShow : ClientMessage
{
    public override string Type => "swarm.show";

    public required string Swarm { get; init; }
}

public sealed record SwarmPause : ClientMessage
{
    public override string Type => "swarm.pause";

    public required string Swarm { get; init; }
}

public sealed record SwarmResume : ClientMessage
{
    public override string Type => "swarm.resume";

    public required string Swarm { get; init; }
}

public sealed record SwarmStop : ClientMessage
{
    public override string Type => "swarm.stop";

    public required string Swarm { get; init; }
}

/// <summary>Sets what a swarm may have at a time. It replaces the quota before; one below the present use refuses new ones only.</summary>
public sealed record SwarmSetQuota : ClientMessage
{
    public override string Type => "swarm.set_quota";

    public required string Swarm { get; init; }
    public required SwarmQuota Quota { get; init; }
}
