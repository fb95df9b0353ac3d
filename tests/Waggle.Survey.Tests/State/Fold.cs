using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;
using Waggle.Survey.State;

namespace Waggle.Survey.Tests.State;

/// <summary>A state with the records applied to it, in the form of the wire.</summary>
internal sealed class Fold
{
    private long _offset;

    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public DemoState State { get; } = new("s1");

    public IEnumerable<string> Told => State.Events.Select(told => told.Text);

    public Fold Record(string topic, string kind, string data, string swarm = "s1")
    {
        State.Apply(new RecordMessage
        {
            Position = new Position(1, ++_offset),
            Topic = topic,
            Kind = kind,
            Class = RecordClass.Durable,
            At = Start.AddSeconds(_offset),
            Swarm = swarm,
            Data = RawJson.Parse(data),
        });
        return this;
    }

    public Fold Created(string task, string type, string title) => Task(task, "created", $$$"""{"title":"{{{title}}}","state":"pending","spec":{"title":"{{{title}}}","type":"{{{type}}}"}}""");

    public Fold Files(params string[] tasks) => tasks.Aggregate(this, (fold, task) => fold.Created(task, "measure", $"{task}.cs"));

    public Fold Assigned(string task, string agent, int attempt = 1) =>
        Task(task, "assigned", $$$"""{"state":"assigned","agent":"{{{agent}}}","agent_name":"analyst-{{{agent}}}","attempt":{{{attempt}}}}""");

    public Fold Completed(string task, string agent) => Task(task, "completed", $$$"""{"state":"completed","ended":{"agent":"{{{agent}}}","attempt":1,"outcome":"completed"}}""");

    public Fold Failed(string task, string agent, string why) =>
        Task(task, "failed", $$$"""{"state":"failed","error":{"code":"NOT_MEASURED","message":"{{{why}}}"},"ended":{"agent":"{{{agent}}}","attempt":1,"outcome":"failed"}}""");

    public Fold Lost(string task) => Task(task, "requeued", """{"state":"pending","reason":"lost"}""");

    public Fold Task(string task, string what, string data) => Record($"task.{task}.{what}", $"task_{what}", data.Insert(1, $"\"task\":\"{task}\"" + (data.Length > 2 ? "," : "")));
}
