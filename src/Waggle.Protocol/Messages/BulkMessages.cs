using Waggle.Protocol.Model;

namespace Waggle.Protocol.Messages;

/// <summary>Asks how many tasks a bulk would begin with. Nothing changes.</summary>
public sealed record BulkCount : ClientMessage
{
    public override string Type => "bulk.count";

    public required BulkSpec Bulk { get; init; }
}

/// <summary>Changes all tasks that match. The reply comes as soon as the bulk is stored; the hub then works on it in batches.</summary>
public sealed record BulkStart : ClientMessage
{
    public override string Type => "bulk.start";

    public required BulkSpec Bulk { get; init; }
}

public sealed record BulkShow : ClientMessage
{
    public override string Type => "bulk.show";

    public required string Bulk { get; init; }
}

/// <summary>Stops a bulk before its next batch. What it changed stays changed.</summary>
public sealed record BulkStop : ClientMessage
{
    public override string Type => "bulk.stop";

    public required string Bulk { get; init; }
}

/// <summary>Lists bulks, the newest first.</summary>
public sealed record BulkList : ClientMessage
{
    public override string Type => "bulk.list";

    /// <summary>Only in this state.</summary>
    public BulkState? State { get; init; }

    /// <summary>The cursor of the reply before, for the page after it.</summary>
    public string? Cursor { get; init; }

    /// <summary>The greatest number of bulks in a page, default 100.</summary>
    public int? Limit { get; init; }
}

/// <summary>Bulks, the newest first.</summary>
/// <param name="Cursor">The cursor of the next page; null on the last one.</param>
public sealed record BulkPage(IReadOnlyList<BulkView> Bulks, string? Cursor);
