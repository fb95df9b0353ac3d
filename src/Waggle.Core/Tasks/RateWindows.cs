using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol;

namespace Waggle.Core.Tasks;

/// <summary>The current periods of rate limits and their timers. Only the owner's loop uses it.</summary>
internal sealed partial class RateWindows
{
    private readonly HiveContext _hive;
    private readonly RateLimits _limits;
    private readonly EntityTable<RateWindow> _windows;

    public RateWindows(HiveContext hive, RateLimits limits)
    {
        (_hive, _limits) = (hive, limits);
        _windows = hive.Table(TaskFeature.RateWindows);
        hive.Timer(RateWindow.Entity.Name, id => new EndRateWindow(id) { By = hive.Hub });
        hive.On<RateWindowEnded>((ended, _, at) => End(ended.Window, at));
    }

    /// <summary>Counts an assignment in the current period of its limit, or begins a period with it.</summary>
    public void Count(TaskEntity task, long offset, DateTimeOffset at)
    {
        if (_limits.Of(task) is not { } limit) return;
        var rate = task.Spec.Rate!;
        Set(limit, limit.Window is { } window && at < window.EndsAt
            ? window with { Used = window.Used + 1 }
            : new RateWindow
            {
                Id = limit.Id,
                Seq = offset,
                Swarm = task.Swarm,
                Key = rate.Key,
                StartedAt = at,
                EndsAt = at.AddMilliseconds(rate.PerMs),
                Used = 1,
            });
        _windows.Put(limit.Window!);
    }

    /// <summary>Reads the periods that have not ended.</summary>
    public async Task LoadAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        for (long? after = null; ;)
        {
            var all = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            var query = new EntityQuery(RateWindow.Entity.Name, all, After: after, Limit: Limits.MaxPageSize);
            var page = await store.QueryAsync(_hive.Hive, query, cancel);
            foreach (var stored in page.Entities)
            {
                if (Read(stored) is { } window && window.EndsAt > now) Set(_limits.Get(window.Id, window.Key), window);
            }

            if (page.Entities.Count < Limits.MaxPageSize) return;
            after = page.Entities[^1].Seq;
        }
    }

    // Without a damaged period its limit begins anew. That is better than a hive that does not start.
    private RateWindow? Read(StoredEntity stored)
    {
        try
        {
            return TaskFeature.RateWindows.Parse(stored);
        }
        catch (EntityDamagedException e)
        {
            LogDamaged(_hive.Log, stored.Id, e);
            return null;
        }
    }

    private void Set(TaskRateLimit limit, RateWindow window)
    {
        limit.Window = window;
        _hive.Timers.Set(RateWindow.KeyOf(limit.Id), window.EndsAt);
    }

    private void End(string id, DateTimeOffset at)
    {
        if (_limits[id] is not { Window.EndsAt: var end } limit || end > at) return;
        limit.Window = null;
        _limits.Release(limit);
    }

    private sealed record EndRateWindow(string Window) : Command<NoResult>
    {
        public override string Right => Permissions.WriteTasks;

        public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.OfRecords(new RateWindowEnded(Window));
    }

    private sealed record RateWindowEnded(string Window) : InternalData;
}
