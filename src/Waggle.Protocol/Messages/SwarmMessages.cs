namespace Waggle.Protocol.Messages;

public sealed record SwarmCreate : ClientMessage
{
    public override string Type => "swarm.create";

    public required string Name { get; init; }

    /// <summary>The swarm's id; null lets the hub choose one.</summary>
    public string? Swarm { get; init; }
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
