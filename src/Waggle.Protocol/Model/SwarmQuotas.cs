namespace Waggle.Protocol.Model;

/// <summary>What a swarm may have at a time. Null sets no limit.</summary>
public sealed record SwarmQuota
{
    /// <summary>Tasks that have not ended, at least 1.</summary>
    public int? OpenTasks { get; init; }

    /// <summary>Agents that are registered, connected or not, at least 1.</summary>
    public int? Agents { get; init; }

    /// <summary>Bytes of the values of its memory, at least 1. The quota of the hub's operator holds beside it.</summary>
    public long? Bytes { get; init; }
}

/// <summary>The quota of a swarm and what it has of it; null for each without a limit.</summary>
public sealed record SwarmQuotaView(QuotaUse? OpenTasks = null, QuotaUse? Agents = null, QuotaUse? Bytes = null);

public sealed record QuotaUse(long Limit, long Used);
