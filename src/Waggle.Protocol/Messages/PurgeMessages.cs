using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Asks what a purge would begin with. Nothing changes.</summary>
public sealed record PurgeCount : ClientMessage
{
    public override string Type => "purge.count";

    public required PurgeSpec Purge { get; init; }
}

/// <summary>Erases the payloads of a task or of a subject. The reply comes as soon as the purge is stored; the hub then works on it.</summary>
public sealed record PurgeStart : ClientMessage
{
    public override string Type => "purge.start";

    public required PurgeSpec Purge { get; init; }
}

public sealed record PurgeShow : ClientMessage
{
    public override string Type => "purge.show";

    public required string Purge { get; init; }
}

/// <summary>Lists purges, the newest first.</summary>
public sealed record PurgeList : ClientMessage
{
    public override string Type => "purge.list";

    /// <summary>The cursor of the reply before, for the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>The greatest number of purges in a page, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Purges, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last one.</param>
public sealed record PurgePage(IReadOnlyList<PurgeView> Purges, string? Cursor);
