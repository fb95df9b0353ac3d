using System.Text.Json.Serialization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed partial class TaskHandlersTests
{
    private static TaskHandlers Handlers { get; } = new TaskHandlers()
        .Handle("count", (Text text, TaskWork _, CancellationToken _) => new ValueTask<Count>(new Count(text.Words.Length)), Json.Default.Text, Json.Default.Count)
        .Handle("raw", (work, _) => new(work.Input));

    [Fact]
    public async Task A_handler_gets_its_input_and_gives_its_result_as_values()
    {
        var done = Assert.IsType<TaskComplete>(await LastAsync(Handlers, "count", """{"words":["a","b"]}"""));
        Assert.Equal("""{"number":2}""", done.Result.ToString());
    }

    [Fact]
    public async Task Values_may_be_read_and_written_by_reflection_too()
    {
        var handlers = new TaskHandlers().Handle("count", (Text text, TaskWork _, CancellationToken _) => new ValueTask<Count>(new Count(text.Words.Length)));
        var done = Assert.IsType<TaskComplete>(await LastAsync(handlers, "count", """{"WORDS":["a"]}"""));
        Assert.Equal("""{"number":1}""", done.Result.ToString());
    }

    [Theory]
    [InlineData("sing", "This worker has no handler for tasks of type 'sing'; it handles count, raw.")]
    [InlineData(null, "This worker has no handler for tasks without a type; it handles count, raw.")]
    public async Task A_task_without_a_handler_is_refused_with_what_there_is(string? type, string reason)
    {
        Assert.Equal(reason, Assert.IsType<TaskRefuse>(await LastAsync(Handlers, type, "{}")).Reason);
    }

    [Theory]
    [InlineData("""{"words":7}""", "The input is not what 'count' takes: ")]
    [InlineData("null", "A task of type 'count' needs an input; this one has none.")]
    public async Task An_input_that_cannot_be_read_fails_the_task_for_good(string input, string text)
    {
        var failed = Assert.IsType<TaskFail>(await LastAsync(Handlers, "count", input));
        Assert.Equal((TaskHandlers.InvalidInput, false), (failed.Error.Code, failed.Retryable));
        Assert.StartsWith(text, failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_handler_is_for_can_have_one()
    {
        var handlers = new TaskHandlers().Handle("a", (_, _) => default).Otherwise((work, _) => new(RawJson.Parse($"\"{work.Spec.Type}\"")));
        Assert.Equal("\"b\"", Assert.IsType<TaskComplete>(await LastAsync(handlers, "b", "{}")).Result.ToString());
    }

    [Fact]
    public void A_type_has_one_handler_and_a_worker_at_least_one()
    {
        Assert.Throws<ArgumentException>(() => new TaskHandlers().Handle("a", (_, _) => default).Handle("a", (_, _) => default));
        Assert.Throws<InvalidOperationException>(() => new TaskHandlers().Build());
    }

    private static async Task<LeaseMessage> LastAsync(TaskHandlers handlers, string? type, string input)
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, handlers.Build());
        var assign = Answers.Assign("t1");
        await rig.Session.SendAsync(assign with { Spec = new TaskSpec { Title = "t", Type = type, Input = RawJson.Parse(input) } });
        var last = await rig.Session.NextAsync<LeaseMessage>(m => m is TaskComplete or TaskFail or TaskRefuse);
        await rig.Session.AckAsync(last);
        return last;
    }

    internal sealed record Text(string[] Words);

    internal sealed record Count(int Number);

    [JsonSerializable(typeof(Text))]
    [JsonSerializable(typeof(Count))]
    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    internal sealed partial class Json : JsonSerializerContext;
}
