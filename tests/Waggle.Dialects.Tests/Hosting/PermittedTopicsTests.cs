using Waggle.Core;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class PermittedTopicsTests
{
    private static readonly Principal Anyone = Principal.Local("main", "ann");
    private static readonly Principal TaskReader = new("ann", "main", null, new HashSet<string> { "read:tasks" });

    [Fact]
    public void Topics_become_patterns_in_their_order() =>
        Assert.Equal(["task.t1.#", "agent.*.status"], Read(Anyone, asPermitted: false, "task.t1.#", "agent.*.status").Patterns);

    [Theory]
    [InlineData("task..x", "topics[1] is not a topic or pattern")]
    [InlineData("nonsense.x", "topics[1]:")]
    public void A_topic_that_is_none_is_named(string topic, string message)
    {
        var error = Read(Anyone, asPermitted: false, "task.#", topic).Error;
        Assert.Equal(ErrorCodes.InvalidRequest, error!.Code);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_topic_and_too_many_are_refused()
    {
        Assert.Equal(ErrorCodes.InvalidRequest, Read(Anyone, asPermitted: true).Error!.Code);
        var many = Enumerable.Repeat("task.#", Limits.MaxTopicsPerSubscribe + 1).ToArray();
        Assert.Equal(ErrorCodes.InvalidRequest, Read(Anyone, asPermitted: true, many).Error!.Code);
    }

    [Fact]
    public void A_topic_that_the_client_may_not_hear_is_refused_where_it_was_asked_for_by_name()
    {
        var (error, patterns) = Read(TaskReader, asPermitted: false, "task.#", "system.alert.#");
        Assert.Equal(ErrorCodes.Forbidden, error!.Code);
        Assert.StartsWith("topics[1]:", error.Message, StringComparison.Ordinal);
        Assert.Empty(patterns);
    }

    [Fact]
    public void A_topic_that_the_client_may_not_hear_is_left_out_where_the_dialect_chose_it()
    {
        Assert.Equal(["task.#", "task.t1.#"], Read(TaskReader, asPermitted: true, "task.#", "system.alert.#", "task.t1.#").Patterns);
        var (error, patterns) = Read(TaskReader, asPermitted: true, "system.alert.#");
        Assert.Null(error);
        Assert.Empty(patterns);
    }

    private static (Core.Kernel.Error? Error, string[] Patterns) Read(Principal by, bool asPermitted, params string[] topics)
    {
        var error = PermittedTopics.Read(new SubscribeIntent("tag", topics, null) { AsPermitted = asPermitted }, by, out var patterns);
        return (error, [.. patterns.Select(p => p.ToString())]);
    }
}
