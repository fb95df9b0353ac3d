using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Workflows;

/// <summary>The retried runs whose steps are still in the store as the last run left them. Only the owner's loop uses it.</summary>
internal sealed class RestoreQueue(HiveContext hive)
{
    public const string Timer = "workflow_restore";

    private readonly LinkedList<OpenRun> _runs = [];

    public IReadOnlyCollection<OpenRun> Runs => _runs;

    public void Add(OpenRun run)
    {
        _runs.AddLast(run);
        hive.Timers.SetEarlier(new EntityKey(Timer, ""), hive.Now);
    }

    /// <summary>Takes a run that is complete out, and puts another one behind those that wait.</summary>
    public void Restored(OpenRun run)
    {
        _runs.Remove(run);
        if (run.Entity.Restored is not null) _runs.AddLast(run);
        if (_runs.Count > 0) hive.Timers.SetEarlier(new EntityKey(Timer, ""), hive.Now);
    }

    public void Clear() => _runs.Clear();
}
