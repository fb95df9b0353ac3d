using System.Diagnostics;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

public sealed class TracingTests
{
    private const string Theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Without_an_activity_a_spec_stays_as_it_is()
    {
        var spec = new TaskSpec { Title = "t" };
        Assert.Same(spec, Tracing.Carry(spec));
    }

    [Fact]
    public void A_spec_gets_the_context_of_the_activity_under_way_beside_its_own_metadata()
    {
        using var activity = Started();
        activity.TraceStateString = "a=1";
        var metadata = Tracing.Carry(new TaskSpec { Title = "t", Metadata = new Dictionary<string, string> { ["mine"] = "x" } }).Metadata!;
        Assert.Equal(("x", activity.Id, "a=1"), (metadata["mine"], metadata["traceparent"], metadata["tracestate"]));
    }

    [Fact]
    public void A_context_that_the_creator_gave_stays_and_a_full_metadata_is_not_made_too_full()
    {
        using var activity = Started();
        var own = new TaskSpec { Title = "t", Metadata = new Dictionary<string, string> { ["traceparent"] = Theirs } };
        var full = new TaskSpec { Title = "t", Metadata = Enumerable.Range(0, 49).ToDictionary(i => $"k{i}", _ => "") };
        Assert.Same(own, Tracing.Carry(own));
        Assert.Same(full, Tracing.Carry(full));
    }

    [Theory]
    [InlineData(Theirs, "0af7651916cd43dd8448eb211c80319c")]
    [InlineData("not a context", null)]
    public async Task A_run_joins_the_creators_trace_and_says_how_it_failed(string traceparent, string? trace)
    {
        var ended = new TaskCompletionSource<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == WaggleClient.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("waggle.task.type") is string type && type == traceparent) ended.TrySetResult(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, (_, _) => ValueTask.FromException<RawJson>(new TaskFailedException("MINE", "no")));
        var spec = new TaskSpec { Title = "t", Type = traceparent, Metadata = new Dictionary<string, string> { ["traceparent"] = traceparent } };
        await rig.Session.SendAsync(Answers.Assign("t1") with { Spec = spec });
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskFail>());
        var span = await Eventually.Get(ended.Task);
        Assert.Equal((ActivityKind.Consumer, ActivityStatusCode.Error, "MINE"), (span.Kind, span.Status, span.GetTagItem("error.type")));
        if (trace is null) Assert.Equal(default, span.ParentSpanId);
        else Assert.Equal((trace, "b7ad6b7169203331"), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
    }

    private static Activity Started() => new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
}
