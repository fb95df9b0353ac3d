using Waggle.Core.Access;
using Waggle.Core.Identifiers;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks.Matching;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Creates one or many tasks, all or none. The reply is <see cref="TasksCreated"/>, in the order of the request.</summary>
public sealed record CreateTasks(IReadOnlyList<TaskSpec> Specs, string? RetryOf = null) : Command<TasksCreated>
{
    /// <summary>
    /// For each task, the parts of its input that the hub fills in; null for a request of a client. The hub's own tasks may have a parent that is no task.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<InputRef>?>? InputRefs { get; init; }

    /// <summary>The task whose result these tasks review.</summary>
    internal string? Verifies { get; init; }

    // Steps of a run and reviews follow from work that was admitted: they count, and no quota refuses them.
    private bool IsCounted => InputRefs is null && Verifies is null;

    public override string Right => Permissions.WriteTasks;

    public override bool Creates => true;

    public override int Bytes
    {
        get
        {
            var sum = 0;
            foreach (var spec in Specs) sum += spec?.Input.Utf8.Length ?? 0;
            return sum;
        }
    }

    public override Error? Malformed()
    {
        for (var i = 0; i < Specs.Count; i++)
        {
            if (Specs[i] is not { } spec) return new(ErrorCodes.InvalidRequest, $"tasks[{i}] is null.");
            if (spec.DependsOn?.Contains(null!) == true) return new(ErrorCodes.InvalidRequest, $"tasks[{i}]: depends_on holds a null.");
        }

        return null;
    }

    internal override async ValueTask<(Command Command, Error? Problem)> PrepareAsync(HiveReader reader, CancellationToken cancel)
    {
        if (!By.Allowed(Right) || Specs.All(s => s?.Verify is null)) return (this, null);
        await ThreadPoolSwitch.Switch();
        return (this, Specs.Select(VerifyRules.SchemaProblem).FirstOrDefault(p => p is not null));
    }

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        foreach (var spec in Specs)
        {
            foreach (var id in spec.DependsOn ?? [])
            {
                if (view.Task(id) is null) keys.Add(new(TaskEntity.Entity.Name, id));
            }

            if (spec.Parent is { } parent && view.Task(parent) is null) keys.Add(new(TaskEntity.Entity.Name, parent));
        }
    }

    internal override void CollectUniqueKeys(IHiveView view, List<UniqueKey> keys)
    {
        foreach (var spec in Specs)
        {
            if (spec.IdempotencyKey is not { } key) continue;
            keys.Add(TaskEntity.IdempotencyKeyOf(spec.Swarm ?? SwarmEntity.DefaultId, key));
        }
    }

    public override Decision<TasksCreated> Decide(IHiveView view, in DecisionContext context)
    {
        if (Specs.Count is 0 or > Limits.MaxTasksPerCreate)
            return Decision.Reject(ErrorCodes.InvalidRequest, $"tasks has 1 to {Limits.MaxTasksPerCreate} entries; there were {Specs.Count}.");
        var records = new List<RecordData>(Specs.Count);
        var replies = new Protocol.Messages.TaskCreated[Specs.Count];
        Dictionary<string, (TaskSpec Spec, Protocol.Messages.TaskCreated Reply)>? earlier = null;
        var keys = new CreationKeys(view);
        var ended = new List<RecordData>();
        var created = 0;
        for (var i = 0; i < Specs.Count; i++)
        {
            var spec = Specs[i];
            if (RetryOf is null && spec.IdempotencyKey?.StartsWith(RetryTask.KeyPrefix, StringComparison.Ordinal) == true)
                return Decision.Reject(ErrorCodes.InvalidRequest, $"idempotency_key: '{RetryTask.KeyPrefix}' is the prefix of the hub's own keys.");
            if (TaskRules.Problem(spec, view, isRetry: RetryOf is not null || InputRefs is not null) is { } problem)
                return Decision.Reject(problem.Code, Specs.Count == 1 ? problem.Message : $"tasks[{i}]: {problem.Message}");
            var swarm = spec.Swarm ?? Swarms.SwarmEntity.DefaultId;
            if (Existing(spec, swarm, view, earlier) is var (first, existing))
            {
                if (view.Task(existing.Id)?.PurgedAt is null && !SameSpec.Are(first, spec, context.Options)) return Conflict(spec.IdempotencyKey!, existing.Id);
                replies[i] = existing;
                continue;
            }

            var open = keys.Open(spec, swarm);
            if (keys.Problem(spec, swarm, open) is { } taken)
                return Decision.Reject(taken.Code, Specs.Count == 1 ? taken.Message : $"tasks[{i}]: {taken.Message}");
            if (open is not null)
            {
                replies[i] = open;
                continue;
            }

            if (TopologyRights.Assign(By, swarm, spec.AssignTo, view) is { } unlinked) return Decision.Reject(unlinked, []);
            var there = view.Swarm(swarm);
            if (there is { Quota: not null } && IsCounted && SwarmQuotas.OfTasks(there, view, 1 + Wanted(records, swarm)) is { } full)
                return Decision.Reject(full, []);
            if (there is { State: SwarmState.Stopped })
                return Decision.Reject(ErrorCodes.SwarmStopped, $"Swarm '{swarm}' is stopped and takes no tasks until it is resumed.");
            var id = view.NextId(IdPrefix.Task, created++);
            var (state, failed) = Dependencies(spec, view);
            var matching = view.CountQualified(swarm, spec.Requires, spec.Type, spec.AssignTo, spec.Exclude);
            var record = new TaskCreated
            {
                Task = id,
                Title = spec.Title,
                Swarm = swarm,
                State = state,
                Spec = spec,
                Priority = spec.Priority ?? TaskDefaults.Priority,
                CreatedBy = By.Subject,
                RetryOf = RetryOf,
                Verifies = Verifies,
                MatchingAgents = matching,
                InputRefs = InputRefs?[i],
            };
            records.Add(record);
            if (keys.Replace(record, i) is var (replaced, at))
            {
                ended.Add(replaced);
                if (at is { } earlierOne) replies[earlierOne] = replies[earlierOne] with { State = TaskState.Cancelled };
            }

            if (failed is not null)
            {
                records.Add(DependencyFailed(id, spec.Title, swarm, spec.Priority ?? TaskDefaults.Priority, failed));
                state = TaskState.Cancelled;
            }

            replies[i] = new(id, state, Duplicate: false, matching)
            {
                UnschedulableReason = Specs.Count == 1 && matching == 0 && !state.IsTerminal()
                    ? Eligibility.Explain(spec.Requires, spec.Type, spec.AssignTo, swarm, view, spec.Exclude)
                    : null,
            };
            keys.Note(spec, swarm, replies[i]);
            if (spec.IdempotencyKey is { } key) (earlier ??= new(StringComparer.Ordinal))[TaskEntity.IdempotencyColumn(swarm, key)] = (spec, replies[i]);
        }

        // A later task of the request may depend on one that an earlier task replaces, and must exist when that one ends.
        records.AddRange(ended);
        return Decision.Of(new TasksCreated(replies), records);
    }

    private static int Wanted(List<RecordData> records, string swarm)
    {
        var wanted = 0;
        foreach (var record in records)
        {
            if (record is TaskCreated && record.Swarm == swarm) wanted++;
        }

        return wanted;
    }

    // The task that was created under the same key before, or further up in this request.
    private static (TaskSpec Spec, Protocol.Messages.TaskCreated Reply)? Existing(
        TaskSpec spec, string swarm, IHiveView view, Dictionary<string, (TaskSpec Spec, Protocol.Messages.TaskCreated Reply)>? earlier)
    {
        if (spec.IdempotencyKey is not { } key) return null;
        if (view.TaskByIdempotencyKey(swarm, key) is { } id && view.Task(id) is { Spec: var first } task)
        {
            var matching = task.MatchingAgents ?? view.CountQualified(swarm, first.Requires, first.Type, first.AssignTo);
            return (first, new(id, task.State, Duplicate: true, matching));
        }

        return earlier?.TryGetValue(TaskEntity.IdempotencyColumn(swarm, key), out var twin) == true
            ? (twin.Spec, twin.Reply with { Duplicate = true })
            : null;
    }

    private static Effect Conflict(string key, string first) => Decision.Reject(
        ErrorCodes.IdempotencyConflict,
            $"The idempotency key '{key}' was used for task {first}, which is different from this one: use a new key for a new task.");

    internal static TaskCancelled DependencyFailed(string id, string title, string swarm, int priority, TaskEntity dependency) => new()
    {
        Task = id,
        Title = title,
        Swarm = swarm,
        OldState = TaskState.Blocked,
        State = TaskState.Cancelled,
        Priority = priority,
        CancelledBy = "hub",
        Reason = "dependency_failed",
        Error = new("DEPENDENCY_FAILED", $"Task {dependency.Id} ('{dependency.Spec.Title}') ended as {dependency.State.ToString().ToLowerInvariant()}."),
    };

    private static (TaskState State, TaskEntity? Failed) Dependencies(TaskSpec spec, IHiveView view)
    {
        var open = false;
        foreach (var id in spec.DependsOn ?? [])
        {
            var dependency = view.Task(id)!;
            if (!dependency.State.IsTerminal()) open = true;
            else if (dependency.State != TaskState.Completed && spec.Join != JoinRule.AllEnded) return (TaskState.Blocked, dependency);
        }

        return (open ? TaskState.Blocked : TaskState.Pending, null);
    }
}
