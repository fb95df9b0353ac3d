using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>The newest reading of machine, process and hub.</summary>
public sealed record SystemShow : ClientMessage
{
    public override string Type => "system.show";
}

public sealed record AlertList : ClientMessage
{
    public override string Type => "alert.list";

    /// <summary>In these states only.</summary>
    public IReadOnlyList<AlertState>? States { get; init; }

    /// <summary>From the reply before: the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

public sealed record AlertAcknowledge : ClientMessage
{
    public override string Type => "alert.acknowledge";

    public required string Alert { get; init; }
}
