using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.TestKit;

/// <summary>Returns the hub's answers in short form.</summary>
public static class Answers
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Reply Reply<T>(ClientMessage to, T result, JsonTypeInfo<T> type, Position? position = null) => new()
    {
        Id = to.Id!,
        Result = RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(result, type)),
        Position = position,
    };

    public static Reply Nothing(ClientMessage to) => new() { Id = to.Id! };

    public static Reply Ack(LeaseMessage to, TaskState state = TaskState.Completed) => Reply(to, new TaskAck(to.Task, state), HubJson.Default.TaskAck);

    public static Reply Created(TaskCreate to, Func<int, string>? id = null) => Reply(
        to,
        new TasksCreated([.. to.Tasks.Select((t, i) => new TaskCreated(id?.Invoke(i) ?? t.Title, TaskState.Pending, Duplicate: false, MatchingAgents: 1))]),
        HubJson.Default.TasksCreated);

    public static Reply Renewed(LeaseRenew to, LeaseRef[]? stop = null, LeaseRef[]? cancel = null) =>
        Reply(to, new Renewed(stop ?? [], cancel ?? []), HubJson.Default.Renewed);

    public static Reply Subscribed(Subscribe to, Position position, bool recovered = true, RecordMessage[]? records = null, RecordMessage[]? latest = null) =>
        Reply(to, new Subscribed($"sub-{to.Id}", recovered, records ?? [], latest ?? []), HubJson.Default.Subscribed, position);

    public static ErrorMessage Error(ClientMessage to, string code, long? retryAfterMs = null) =>
        new() { Id = to.Id, Code = code, Message = $"{code} to {to.Type}", RetryAfterMs = retryAfterMs };

    public static Assign Assign(string task, int attempt = 1, long token = 1, int leaseMs = 30_000, string? input = null) => new()
    {
        Task = task,
        Attempt = attempt,
        Token = token,
        LeaseMs = leaseMs,
        Swarm = "default",
        Spec = new TaskSpec { Title = task, Input = input is null ? default : RawJson.Parse(input) },
    };

    public static RecordMessage Record(long offset, string topic = "task.t1.completed", RecordClass kind = RecordClass.Durable, long epoch = 1) => new()
    {
        Position = new Position(epoch, offset),
        Topic = topic,
        Kind = topic.Replace('.', '_'),
        Class = kind,
        At = At,
        Swarm = "default",
    };

    public static TaskView Task(string id, TaskState state) => new()
    {
        Id = id,
        Spec = new TaskSpec { Title = id },
        Swarm = "default",
        State = state,
        Priority = 3,
        CreatedAt = At,
        UpdatedAt = At,
    };
}
