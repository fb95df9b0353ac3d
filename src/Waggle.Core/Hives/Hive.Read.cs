using System.Globalization;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    // A page ends where a client's frame would become a burden: at the first task past this.
    private const int MaxPageBytes = 1024 * 1024;

    // Rows read at a time: what a page may hold too much in memory before it is seen to be full.
    private const int PageSlice = 32;

    // Of the store's readers (four by default) one is always left to the owner's loop.
    private const int MaxOutsideReads = 3;

    private readonly SemaphoreSlim _outsideReads = new(MaxOutsideReads);
    private volatile LogExtent? _extent;

    public async Task<Outcome> ListTasksAsync(Principal by, TaskList request, CancellationToken cancel)
    {
        if (TaskListRules.Refusal(by, request) is { } refused) return new Outcome(null, refused, Head);
        var equal = TaskListRules.Columns(by, request);
        var limit = Math.Clamp(request.Limit ?? 100, 1, Limits.MaxPageSize);
        long? after = long.TryParse(request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : null;
        var tasks = new List<TaskView>();
        var bytes = 0;
        var more = true;
        Position? at = null;
        await BeginReadAsync(cancel);
        try
        {
            while (more && tasks.Count < limit && bytes < MaxPageBytes)
            {
                var slice = Math.Min(PageSlice, limit - tasks.Count);
                var page = await _store.QueryAsync(Options.Hive, new EntityQuery(TaskEntity.Entity.Name, equal, request.Ascending, after, slice), cancel);

                // The first slice's: what changed since then is told again to whoever follows from there, and nothing is missed.
                at ??= page.At;
                more = page.Entities.Count == slice;
                foreach (var entity in page.Entities)
                {
                    if (bytes >= MaxPageBytes)
                    {
                        more = true;
                        break;
                    }

                    if (_stored.TryParse(entity, TaskFeature.Tasks, out var task)) tasks.Add(TaskViews.Of(task));
                    bytes += entity.Body.Length;
                    after = entity.Seq;
                }
            }
        }
        finally
        {
            _outsideReads.Release();
        }

        return new Outcome(new TaskPage(tasks, more ? after?.ToString(CultureInfo.InvariantCulture) : null), null, at ?? Head);
    }

    public async Task<Outcome> CountTasksAsync(Principal by, TaskList request, CancellationToken cancel)
    {
        if (TaskListRules.Refusal(by, request) is { } refused) return new Outcome(null, refused, Head);
        var query = new EntityQuery(TaskEntity.Entity.Name, TaskListRules.Columns(by, request));
        return new Outcome(await OutsideAsync(() => _store.CountAsync(Options.Hive, query, cancel), cancel), null, Head);
    }

    public async Task<Outcome> ShowTaskAsync(Principal by, string task, CancellationToken cancel)
    {
        var outcome = await AskAsync(new ShowTask(task) { By = by }, cancel);
        if (outcome.Value is not TaskView view || view.Attempt == 0) return outcome;
        view = await _results.FillAsync(view, cancel);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["task"] = [task] };
        var query = new EntityQuery(AttemptEntity.Entity.Name, equal, Ascending: true, Limit: Limits.MaxPageSize);
        var page = await OutsideAsync(() => _store.QueryAsync(Options.Hive, query, cancel), cancel);
        return outcome with { Value = view with { Attempts = [.. page.Entities.Select(e => _stored.TryParse(e, TaskFeature.Attempts, out var a) ? a : null).OfType<AttemptView>()] } };
    }

    public async Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel)
    {
        // The epochs do not change while this process owns the hive; the floor does.
        var extent = _extent;
        if (extent is null || after.Offset < extent.Floor + 1 || after.Offset > Head.Offset)
            _extent = extent = await OutsideAsync(() => _store.GetLogExtentAsync(Options.Hive, cancel), cancel);
        if (!IsKnown(after, extent)) return new History(false, [], after.Offset, false);
        var head = Head.Offset;
        var rows = await OutsideAsync(() => _store.ReadLogAsync(Options.Hive, after.Offset, maxRows, cancel), cancel);
        if (rows.Count > 0 ? rows[0].FirstOffset > after.Offset + 1 : after.Offset < head)
        {
            // Retention took what followed the position since the extent was read.
            _extent = null;
            return new History(false, [], after.Offset, false);
        }

        var records = new List<Record>();
        foreach (var row in rows)
        {
            try
            {
                records.AddRange(RecordLog.Read(row, extent.Epochs).Where(r => r.Position.Offset > after.Offset));
            }
            catch (StoreCorruptException e)
            {
                // Never a silent part: who comes from before the damage loads anew.
                LogDamagedLog(_log, Options.Hive, row.FirstOffset - 1, e);
                return new History(false, [], after.Offset, false);
            }
        }

        var end = rows.Count > 0 ? rows[^1].LastOffset : after.Offset;
        return new History(true, records, end, rows.Count < maxRows);
    }

    private async ValueTask BeginReadAsync(CancellationToken cancel)
    {
        await ThreadPoolSwitch.Switch();
        await _outsideReads.WaitAsync(cancel);
    }

    private async Task<T> OutsideAsync<T>(Func<ValueTask<T>> read, CancellationToken cancel)
    {
        await BeginReadAsync(cancel);
        try
        {
            return await read();
        }
        finally
        {
            _outsideReads.Release();
        }
    }

    // A position is of this log if its epoch is, and its offset lies within what that epoch wrote.
    private bool IsKnown(Position position, LogExtent extent)
    {
        if (position.Offset < extent.Floor) return false;
        for (var i = 0; i < extent.Epochs.Count; i++)
        {
            if (extent.Epochs[i].Epoch != position.Epoch) continue;
            var last = i + 1 < extent.Epochs.Count ? extent.Epochs[i + 1].After : Math.Max(extent.Head, Head.Offset);
            return position.Offset >= extent.Epochs[i].After && position.Offset <= last;
        }

        return false;
    }
}
