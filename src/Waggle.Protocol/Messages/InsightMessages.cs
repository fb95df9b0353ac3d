using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Asks for the newest reading of machine, process and hub.</summary>
public sealed record SystemShow : ClientMessage
{
    public override string Type => "system.show";
}

public sealed record AlertList : ClientMessage
{
    public override string Type => "alert.list";

    /// <summary>The states of the alerts to list; null for all.</summary>
    public IReadOnlyList<AlertState>? States { get; init; }

    /// <summary>The cursor of the reply before, for the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>The greatest number of alerts in a page, 1 to 1,000, default 100.</summary>
    public int? Limit { get; init; }
}

public sealed record AlertAcknowledge : ClientMessage
{
    public override string Type => "alert.acknowledge";

    public required string Alert { get; init; }
}
