using System.Buffers;
using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

internal sealed partial class HiveEngine
{
    private const int FirstBytes = 64 * 1024;

    // One large batch must not cost the hive a large buffer for ever.
    private const int KeptBytes = 4 * 1024 * 1024;

    private ArrayBufferWriter<byte> _bodies = new(FirstBytes);
    private readonly List<(EntityKey Key, long Seq, DateTimeOffset? ClosedAt, IReadOnlyList<string?> Columns, int Start, int Length)> _writes = [];

    /// <summary>
    /// The turn as its readers will see it and as the store keeps it; no commit where nothing durable changed.
    /// The entities' bodies are valid until the next call.
    /// </summary>
    public (CommitBatch? Commit, Record[] Records) Seal(long epoch)
    {
        var (body, records) = RecordLog.Write(_batch, epoch, Now);
        return State.Dirty.Count == 0 && body.Length == 0
            ? (null, records)
            : (new CommitBatch(WriteEntities(), State.NextOffset - 1, body, Now), records);
    }

    private List<StoredEntity> WriteEntities()
    {
        if (_bodies.Capacity > KeptBytes) _bodies = new(FirstBytes);
        _bodies.ResetWrittenCount();
        _writes.Clear();
        using (var writer = new Utf8JsonWriter(_bodies, JsonText.Trusted))
        {
            foreach (var key in State.Dirty)
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
            var task = State.Task(key.Id)!;
            JsonSerializer.Serialize(writer, task, CoreJson.Default.TaskEntity);
            return (task.Seq, task.EndedAt, TaskColumns.Of(task));
        }

        if (key.Kind == AttemptEntity.Entity.Name)
        {
            var attempt = State.Attempt(key.Id)!;
            JsonSerializer.Serialize(writer, attempt, CoreJson.Default.AttemptView);
            return (attempt.Token, attempt.EndedAt, [attempt.Task, attempt.Agent]);
        }

        if (key.Kind == AgentEntity.Entity.Name)
        {
            var agent = State.Agent(key.Id)!;
            JsonSerializer.Serialize(writer, agent, CoreJson.Default.AgentEntity);
            return (agent.Seq, agent.RemovedAt, [agent.Swarm]);
        }

        if (key.Kind == AgentSecret.Entity.Name)
        {
            var owner = State.Agent(key.Id)!;
            JsonSerializer.Serialize(writer, new AgentSecret(key.Id, State.SecretOf(key.Id)!), CoreJson.Default.AgentSecret);
            return (owner.Seq, owner.RemovedAt, []);
        }

        var table = State.Context.Table(key.Kind) ?? throw new InvalidOperationException($"No feature registers the kind '{key.Kind}'.");
        var (seq, closedAt, columns) = table.Write(writer, key.Id);
        return (seq, closedAt, columns);
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
