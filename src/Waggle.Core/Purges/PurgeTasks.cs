using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Ports;
using Waggle.Core.Questions;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>A task of a batch.</summary>
/// <param name="Attempts">The number of its attempts.</param>
/// <param name="HadEnded">Whether it had ended when it was read. Of another one the batch has neither all attempts nor the questions.</param>
internal sealed record PurgedTask(string Id, int Attempts, bool HadEnded);

/// <summary>Erases the stored payloads of a few tasks, all in one commit with the progress, so that a restart omits none.</summary>
/// <param name="Questions">The ids of the tasks' questions.</param>
/// <param name="Next">The progress after the batch, without its counts.</param>
internal sealed record PurgeTasks(string Purge, IReadOnlyList<PurgedTask> Tasks, IReadOnlyList<string> Questions, PurgeProgress Next) : PurgeCommand(Purge)
{
    // Enough to see which they are; the count has all.
    private const int MostOpenNamed = 100;

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        base.CollectColdKeys(view, keys);
        foreach (var (id, attempts, _) in Tasks)
        {
            if (view.Task(id) is null) keys.Add(new(TaskEntity.Entity.Name, id));
            keys.Add(new(TaskLogEntity.Entity.Name, id));
            for (var no = 1; no <= attempts; no++) keys.Add(new(AttemptEntity.Entity.Name, AttemptEntity.Id(id, no)));
        }

        keys.AddRange(Questions.Select(QuestionEntity.KeyOf));
    }

    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context)
    {
        var records = new List<RecordData>();
        var open = new List<string>(purge.Progress.OpenTasks ?? []);
        var (erased, left) = (0, 0);
        foreach (var (id, _, hadEnded) in Tasks)
        {
            if (view.Task(id) is not { } task) continue;
            if (!hadEnded || !task.State.IsTerminal())
            {
                left++;
                if (open.Count < MostOpenNamed) open.Add(id);
                continue;
            }

            erased++;
            records.Add(new TaskPurged { Task = id, Swarm = task.Swarm, State = task.State, PurgedBy = purge.Author, Purge = purge.Id });
        }

        var counts = purge.Progress.Counts;
        var progress = Next with
        {
            Counts = counts with { Tasks = counts.Tasks + erased, OpenTasks = counts.OpenTasks + left },
            OpenTasks = open.Count > 0 ? open : null,
        };
        records.Add(new PurgeProgressed { Purge = purge.Id, Progress = progress });
        return Decision.Of(PurgeViews.Of(purge with { Progress = progress }), records);
    }
}

/// <summary>Deletes chunks of log lines before the task that they are of is purged.</summary>
/// <param name="Chunks">The ids of the chunks.</param>
internal sealed record PurgeLogLines(string Purge, IReadOnlyList<string> Chunks) : PurgeCommand(Purge)
{
    private protected override Decision<PurgeView> Decide(PurgeEntity purge, IHiveView view, in DecisionContext context) =>
        Decision.Of(PurgeViews.Of(purge), new LogErased(Chunks));
}
