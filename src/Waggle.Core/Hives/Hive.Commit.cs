using System.Buffers;
using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using LeaseRef = Waggle.Protocol.Messages.LeaseRef;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

public sealed partial class Hive
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly List<Action> _pushes = [];
    private readonly ArrayBufferWriter<byte> _bodies = new(64 * 1024);
    private readonly List<(EntityKey Key, long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns, int Start, int Length)> _writes = [];
    private bool _full;

    private async Task<bool> CommitAsync()
    {
        var (body, records) = RecordLog.Write(_batch, _tenure.Epoch, _now);
        if (_state.Dirty.Count > 0 || body.Length > 0)
        {
            try
            {
                _tenure = await _store.CommitAsync(_tenure, new CommitBatch(WriteEntities(), _state.NextOffset - 1, body, _now), CancellationToken.None);
            }
            catch (StoreException e) when (e is not StoreFencedException)
            {
                if (e is StoreFullException) SetFull(true);
                await FailAsync(e);
                return false;
            }
        }

        Volatile.Write(ref _head, _tenure.Head);
        if (records.Length > 0) await _sink.PublishAsync(new SealedBatch(Head, records));
        return true;
    }

    /// <summary>Nothing of the batch happened: its commands are told so and the hive goes back to what is stored.</summary>
    private async Task FailAsync(Exception cause)
    {
        LogCommitFailed(_log, Options.Hive, cause.Message, cause);
        _pushes.Clear();
        foreach (var item in _items)
        {
            if (item.Sink is null) continue;
            var error = _full && item.Command.Creates
                ? new Error(ErrorCodes.StoreFull, "The hub's disk or database is full: nothing new is taken until there is room; work under way goes on.", 1000)
                : new Error(ErrorCodes.StoreUnavailable, $"The hub could not store it, nothing of it happened: {cause.Message}", 1000);
            Answer(item, new Outcome(null, error, Head));
        }

        _timersFrom = _now + PauseAfterFailure;
        while (!await TryReloadAsync()) await Task.Delay(PauseAfterFailure, _time, _stopping.Token);
    }

    private async Task<bool> TryReloadAsync()
    {
        try
        {
            await LoadAsync(CancellationToken.None);
            return true;
        }
        catch (StoreException e) when (e is not (StoreFencedException or StoreCorruptException))
        {
            LogReloadFailed(_log, Options.Hive, e);
            return false;
        }
    }

    private void SetFull(bool full)
    {
        if (_full == full) return;
        _full = full;
        if (full) LogFull(_log, Options.Hive);
        else LogRoomAgain(_log, Options.Hive);
    }

    // Directed messages follow the commit; what they say is fixed here, while the state before the record is at hand.
    private void PushBefore(RecordData data)
    {
        switch (data)
        {
            case TaskAssigned assigned when _state.Presence(assigned.Agent)?.Link is { } link:
                var (id, lease) = (assigned.Task, TimeSpan.FromMilliseconds(assigned.LeaseMs));
                _pushes.Add(() =>
                {
                    if (_state.Task(id) is { } task && task.Lease?.Token == assigned.Token) link.Assign(task, lease);
                });
                break;
            case TaskCancelRequested cancel when Holder(cancel.Task) is var (agent, held):
                var grace = cancel.Deadline - _now;
                _pushes.Add(() => agent.Cancel(held, cancel.Reason, grace));
                break;
            case TaskRecord { State: not (TaskState.Running or TaskState.Cancelling or TaskState.Assigned) } over when Holder(over.Task) is var (agent, held):
                if (StopReason(over) is { } reason) _pushes.Add(() => agent.Stop(held, reason));
                break;
            case AgentRemoved removed when _state.Presence(removed.Agent)?.Link is { } gone:
                _pushes.Add(() => gone.Close(CloseCodes.AgentRemoved, removed.Reason ?? "The agent was removed."));
                break;
            case AgentAttached attached when _state.Presence(attached.Agent)?.Link is { } older && !ReferenceEquals(older, attached.Link):
                _pushes.Add(() => older.Close(CloseCodes.Replaced, "A newer connection of the same agent took over."));
                break;
        }
    }

    private (IAgentLink Link, LeaseRef Lease)? Holder(string id) =>
        _state.Task(id) is { Lease: { } lease } task && task.State.IsHeld() && _state.Presence(lease.Agent)?.Link is { } link
            ? (link, new LeaseRef(id, lease.Attempt, lease.Token))
            : null;

    // Ends that the worker itself reported need no telling.
    private static string? StopReason(TaskRecord record) => record switch
    {
        TaskRequeued { Ended.Outcome: AttemptOutcomes.Lost } or TaskFailed { Ended.Outcome: AttemptOutcomes.Lost } => "lease_lost",
        TaskRetryScheduled { Ended.Outcome: AttemptOutcomes.Timeout } or TaskFailed { Ended.Outcome: AttemptOutcomes.Timeout } => "timeout",
        TaskRequeued { Ended.Outcome: AttemptOutcomes.AgentRemoved } => "agent_removed",
        TaskCancelled { Ended: not null } => "cancelled",
        TaskExpired => "expired",
        _ => null,
    };

    private List<StoredEntity> WriteEntities()
    {
        _bodies.ResetWrittenCount();
        _writes.Clear();
        using (var writer = new Utf8JsonWriter(_bodies, new JsonWriterOptions { SkipValidation = true }))
        {
            foreach (var key in _state.Dirty)
            {
                var start = _bodies.WrittenCount;
                var (seq, closedAt, columns) = WriteEntity(writer, key);
                writer.Flush();
                _writes.Add((key, seq, closedAt, columns, start, _bodies.WrittenCount - start));
                writer.Reset();
            }
        }

        var bodies = _bodies.WrittenMemory;
        return _writes.ConvertAll(w => new StoredEntity(w.Key.Kind, w.Key.Id, w.Seq, w.ClosedAt, w.Columns, bodies.Slice(w.Start, w.Length)));
    }

    private (long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns) WriteEntity(Utf8JsonWriter writer, EntityKey key)
    {
        if (key.Kind == TaskEntity.Entity.Name)
        {
            var task = _state.Task(key.Id)!;
            JsonSerializer.Serialize(writer, task, CoreJson.Default.TaskEntity);
            return (task.Seq, task.EndedAt, TaskColumns.Of(task));
        }

        if (key.Kind == AttemptEntity.Entity.Name)
        {
            var attempt = _state.Attempt(key.Id)!;
            JsonSerializer.Serialize(writer, attempt, CoreJson.Default.AttemptView);
            return (attempt.Token, attempt.EndedAt, [attempt.Task, attempt.Agent]);
        }

        if (key.Kind == AgentEntity.Entity.Name)
        {
            var agent = _state.Agent(key.Id)!;
            JsonSerializer.Serialize(writer, agent, CoreJson.Default.AgentEntity);
            return (agent.Seq, agent.RemovedAt, [agent.Swarm]);
        }

        if (key.Kind == AgentSecret.Entity.Name)
        {
            var closed = _state.Agent(key.Id)?.RemovedAt;
            JsonSerializer.Serialize(writer, new AgentSecret(key.Id, _state.SecretOf(key.Id)!), CoreJson.Default.AgentSecret);
            return (0, closed, []);
        }

        var swarm = _state.Swarm(key.Id)!;
        JsonSerializer.Serialize(writer, swarm, CoreJson.Default.SwarmEntity);
        return (swarm.Seq, null, []);
    }
}

/// <summary>A task's index columns, in the order of its kind's declaration.</summary>
internal static class TaskColumns
{
    private static readonly string[] States =
        [.. Enum.GetValues<TaskState>().Select(s => JsonNamingPolicy.SnakeCaseLower.ConvertName(s.ToString()))];

    public static string Name(TaskState state) => States[(int)state];

    public static string?[] Of(TaskEntity task) =>
    [
        task.Swarm,
        Name(task.State),
        task.Spec.Parent,
        task.Lease?.Agent,
        task.Spec.IdempotencyKey is { } key ? TaskEntity.IdempotencyColumn(task.Swarm, key) : null,
    ];
}
