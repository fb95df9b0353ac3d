using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>Decides when a run goes on: at once, in the next turn, or at its deadline. Only the owner's loop uses it.</summary>
internal sealed class RunWaking(HiveContext hive)
{
    // Steps that begin or end in one turn. The rest follows in the next turns, so that a wide run does not hold up the loop.
    private const int MostInTurn = 500;

    private readonly HashSet<string> _later = new(StringComparer.Ordinal);
    private int _steps;

    /// <summary>The number of steps that may still begin or stop in this turn.</summary>
    public int Room => Math.Max(0, MostInTurn - _steps);

    /// <summary>Counts a step that began or ended in this turn, or was told to stop.</summary>
    public void Count() => _steps++;

    /// <summary>Lets a run go on in this turn, or in the next one if this one has done its share.</summary>
    public void Wake(OpenRun run)
    {
        if (run.Entity is not { EndedAt: null, Restored: null }) return;
        if (_steps < MostInTurn) hive.Reactions.Enqueue(new AdvanceRun(run.Entity.Id) { By = hive.Hub });
        else Later(run);
    }

    /// <summary>Lets a run go on in the next turn.</summary>
    public void Later(OpenRun run)
    {
        if (_later.Add(run.Entity.Id)) hive.Timers.SetEarlier(run.Entity.EntityKey, hive.Now);
    }

    /// <summary>Lets a run go on in the next turn, or later if the store has no room.</summary>
    public void Postpone(OpenRun run) => hive.Timers.SetEarlier(run.Entity.EntityKey, hive.Full ? hive.Now + DueTimers.RetryAfter : hive.Now);

    /// <summary>Sets the timer of a run after it fired. A retried run without all its steps has none: it goes on when it has them.</summary>
    public void Rearm(OpenRun? run)
    {
        if (run is not { Entity.Restored: null }) return;
        var waits = run.Entity.State == WorkflowRunState.Running && run.Ready.Count > 0;
        if (waits && hive.Full) Postpone(run);
        else if (waits || run.ToStop.Count > 0) hive.Timers.SetEarlier(run.Entity.EntityKey, hive.Now);
        else if (run.Entity.State is WorkflowRunState.Running or WorkflowRunState.Queued) hive.Timers.SetEarlier(run.Entity.EntityKey, run.Entity.Deadline);
    }

    public void EndTurn()
    {
        _steps = 0;
        _later.Clear();
    }
}
