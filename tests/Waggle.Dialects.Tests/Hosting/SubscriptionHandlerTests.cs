using Waggle.Core.Apps;
using Waggle.Core.Ports;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.TestKit;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class SubscriptionHandlerTests
{
    // A position that only the log can confirm, so that the subscription reads it.
    private static readonly Position Unknown = new(1_000, 1);

    private static readonly RawJson Filter = RawJson.Parse("""{"field":"kind","eq":"x"}""");

    [Fact]
    public async Task The_reply_precedes_the_first_live_record()
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        await SubscribeAsync(handler, To("app.a"));
        await PublishAsync(rig, "app.a");
        Assert.Equal("1 subscribed s1 recovered", await rig.NextAsync());
        Assert.Equal("record app.a", await rig.NextAsync());
        Assert.Equal(1, handler.Count);
    }

    [Fact]
    public async Task A_subscription_without_a_tag_has_no_reply()
    {
        await using var rig = await HostingRig.StartAsync();
        await SubscribeAsync(Create(rig), To("app.a") with { Tag = null });
        await PublishAsync(rig, "app.a");
        Assert.Equal("record app.a", await rig.NextAsync());
    }

    [Theory]
    [InlineData("tasks.#", "", "1 INVALID_REQUEST: topics[0]: ")]
    [InlineData("app.a", "[]", "1 INVALID_REQUEST: filter: ")]
    public async Task An_invalid_request_is_refused_and_does_not_count(string topic, string filter, string expected)
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        await SubscribeAsync(handler, To(topic) with { Filter = filter.Length == 0 ? default : RawJson.Parse(filter) });
        Assert.StartsWith(expected, await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, handler.Count);
    }

    [Fact]
    public async Task Topics_that_the_client_may_not_read_refuse_the_request_or_are_left_out()
    {
        await using var rig = await HostingRig.StartAsync(required: true);
        var handler = Create(rig);
        await SubscribeAsync(handler, To("task.#"));
        Assert.StartsWith("1 FORBIDDEN: topics[0]: ", await rig.NextAsync(), StringComparison.Ordinal);
        await SubscribeAsync(handler, To("task.#") with { AsPermitted = true });
        Assert.Equal("1 subscribed  recovered", await rig.NextAsync());
        Assert.Equal(0, handler.Count);
    }

    [Fact]
    public async Task After_the_end_of_a_subscription_its_name_is_unknown()
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        await SubscribeAsync(handler, To("app.a"));
        await rig.NextAsync();
        await handler.UnsubscribeAsync(new UnsubscribeIntent("2", "s1"));
        Assert.Equal("2 ok", await rig.NextAsync());
        await handler.UnsubscribeAsync(new UnsubscribeIntent("3", "s1"));
        Assert.StartsWith("3 NOT_FOUND: ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, handler.Count);
    }

    [Fact]
    public async Task A_subscription_that_cannot_read_the_log_fails_and_does_not_count()
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        rig.Ask = (_, _) => throw new StoreException("The test broke the store.");
        await Assert.ThrowsAsync<StoreException>(() => SubscribeAsync(handler, To("app.a") with { Since = Unknown }));
        Assert.Equal(0, handler.Count);
    }

    [Fact]
    public async Task A_replacement_that_fails_leaves_the_subscription_active_and_counted()
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        await SubscribeAsync(handler, To("app.a") with { Name = "mine", Filter = RawJson.Parse("""{"not":{"field":"kind","eq":"x"}}""") });
        await rig.NextAsync();

        rig.Ask = (_, _) => throw new StoreException("The test broke the store.");
        await Assert.ThrowsAsync<StoreException>(() => SubscribeAsync(handler, To("app.b") with { Name = "mine", Since = Unknown }));

        Assert.Equal(1, handler.Count);
        await PublishAsync(rig, "app.b");
        await PublishAsync(rig, "app.a");
        Assert.Equal("record app.a", await rig.NextAsync());

        // Its filter counts against the limit, too.
        for (var i = 1; i < Limits.MaxShapedSubscriptions; i++)
        {
            await SubscribeAsync(handler, To("app.c") with { Filter = Filter });
            Assert.EndsWith("recovered", await rig.NextAsync(), StringComparison.Ordinal);
        }

        await SubscribeAsync(handler, To("app.c") with { Filter = Filter });
        Assert.StartsWith("1 TOO_LARGE: ", await rig.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_needs_no_more_of_the_limits_than_the_subscription_that_it_replaces()
    {
        await using var rig = await HostingRig.StartAsync();
        var handler = Create(rig);
        for (var i = 0; i < Limits.MaxShapedSubscriptions; i++)
        {
            await SubscribeAsync(handler, To("app.c") with { Name = $"n{i}", Filter = Filter });
            await rig.NextAsync();
        }

        await SubscribeAsync(handler, To("app.c") with { Name = "n0", Filter = Filter });
        Assert.Equal("1 subscribed n0 recovered", await rig.NextAsync());
        await SubscribeAsync(handler, To("app.c") with { Name = "another", Filter = Filter });
        Assert.StartsWith("1 TOO_LARGE: ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(Limits.MaxShapedSubscriptions, handler.Count);
    }

    private static SubscriptionHandler Create(HostingRig rig) => new(rig.Host, rig.Connection, rig.Responder, rig.Credential);

    private static SubscribeIntent To(string topic) => new("1", [topic], null);

    private static Task SubscribeAsync(SubscriptionHandler handler, SubscribeIntent intent) => handler.SubscribeAsync(intent).WaitAsync(Eventually.Patience);

    private static Task PublishAsync(HostingRig rig, string topic) => rig.DoAsync(new PublishToApp(topic, RawJson.Parse("1")) { By = HostingRig.Ann });
}
