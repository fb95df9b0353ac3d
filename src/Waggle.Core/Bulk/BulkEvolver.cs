using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>Converts records to entities. Pure.</summary>
internal static class BulkEvolver
{
    public static BulkEntity Create(BulkStarted r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Bulk,
        Seq = offset,
        Spec = r.Spec,
        Author = r.Author,
        State = BulkState.Running,
        Counts = BulkCounts.None,
        Matched = r.Matched,
        StartedAt = at,
    };

    public static BulkEntity Next(BulkEntity before, BulkRecord r, DateTimeOffset at) => r switch
    {
        BulkProgressed progress => before with { Counts = progress.Counts, Cursor = progress.Cursor },
        BulkEnded ended => before with { State = ended.State, StoppedBy = ended.StoppedBy, EndedAt = at },
        _ => before,
    };
}
