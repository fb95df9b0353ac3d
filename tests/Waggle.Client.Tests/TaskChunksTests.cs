using System.Buffers;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class TaskChunksTests
{
    [Fact]
    public void Many_small_tasks_go_a_thousand_a_message()
    {
        var chunks = TaskChunks.Split([.. Enumerable.Range(0, 2500).Select(i => new TaskSpec { Title = $"{i}" })]).Select(c => c.Count);
        Assert.Equal([1000, 1000, 500], chunks);
    }

    [Fact]
    public void The_bound_of_a_spec_is_never_below_its_bytes() => Gen.ForAll(500, g =>
    {
        var spec = Spec(g);
        var bytes = new ArrayBufferWriter<byte>();
        MessageCodec.Write(bytes, new TaskCreate { Tasks = [spec] });
        Assert.True(bytes.WrittenCount <= TaskChunks.Bound(spec), $"{bytes.WrittenCount} > {TaskChunks.Bound(spec)}");
    });

    [Fact]
    public void Large_tasks_are_cut_by_size_and_keep_their_order()
    {
        var input = RawJson.Parse('"' + new string('x', 300_000) + '"');
        var specs = Enumerable.Range(0, 10).Select(i => new TaskSpec { Title = $"{i}", Input = input }).ToList();
        var chunks = TaskChunks.Split(specs).ToList();
        Assert.Equal([3, 3, 3, 1], chunks.Select(c => c.Count));
        Assert.Equal(specs, chunks.SelectMany(c => c));
    }

    private static TaskSpec Spec(Gen g) => new()
    {
        Title = g.Text(1, 60),
        Type = g.Maybe(() => g.Text(0, 30)),
        Input = g.Bool() ? RawJson.Parse("""{"a":[1,2,3],"b":"é"}""") : default,
        Swarm = g.Maybe(() => g.Id()),
        Requires = g.Maybe(() => (IReadOnlyDictionary<string, double>)g.List(0, 5, () => g.Text(1, 9)).Distinct().ToDictionary(c => c, _ => g.Double())),
        Priority = g.Maybe<int?>(() => g.Int(1, 5)),
        DependsOn = g.Maybe(() => (IReadOnlyList<string>)g.List(0, 20, () => g.Id())),
        Join = g.Maybe<JoinRule?>(() => JoinRule.AllCompleted),
        AssignTo = g.Maybe(() => g.Id()),
        Parent = g.Maybe(() => g.Id()),
        IdempotencyKey = g.Maybe(() => g.Id(100)),
        Metadata = g.Maybe(() => (IReadOnlyDictionary<string, string>)g.List(0, 5, () => g.Text(1, 9)).Distinct().ToDictionary(c => c, _ => g.Text(0, 50))),
        LeaseMs = g.Maybe<int?>(() => int.MaxValue),
        MaxAttempts = g.Maybe<int?>(() => int.MaxValue),
        PoisonLosses = g.Maybe<int?>(() => int.MaxValue),
        BackoffBaseMs = g.Maybe<int?>(() => int.MaxValue),
        BackoffCapMs = g.Maybe<int?>(() => int.MaxValue),
        ScheduleToStartMs = g.Maybe<long?>(() => long.MaxValue),
        StartToCloseMs = g.Maybe<long?>(() => long.MaxValue),
        ScheduleToCloseMs = g.Maybe<long?>(() => long.MaxValue),
        CancelGraceMs = g.Maybe<int?>(() => int.MaxValue),
    };
}
