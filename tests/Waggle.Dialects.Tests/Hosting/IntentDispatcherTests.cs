using System.Text;
using Waggle.Core.Access;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class IntentDispatcherTests
{
    private static readonly SubscribeIntent FromTheLog = new("1", ["app.a"], new Position(1_000, 1));

    [Fact]
    public async Task The_intents_of_a_frame_are_performed_in_order()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, _ => [Reply("first"), Create("1"), new SubscribeIntent("2", ["app.a"], null), Reply("last")]);
        Assert.True(await TakeAsync(dispatcher));
        var answers = await NextAsync(rig, 4);
        Assert.Equal(["first", "last"], answers.Where(a => a is "first" or "last"));
        Assert.Equal(["1 TasksCreated", "2 subscribed s1 recovered"], answers.Where(a => a[0] is '1' or '2').Order(StringComparer.Ordinal));
        Assert.Equal(1, dispatcher.Subscriptions);
        Assert.False(dispatcher.IsBusy);
    }

    [Fact]
    public async Task The_frames_text_and_its_principal_reach_the_dialect()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, text => [Reply(text)]);
        Assert.True(await TakeAsync(dispatcher, "hello"));
        Assert.Equal("hello", await rig.NextAsync());
    }

    [Fact]
    public async Task A_frame_that_the_dialect_fails_to_read_is_refused_and_the_session_continues()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, _ => throw new InvalidOperationException("a secret"));
        Assert.True(await TakeAsync(dispatcher));
        var refused = await rig.NextAsync();
        Assert.StartsWith("refused INTERNAL: ", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused, StringComparison.Ordinal);
        Assert.Contains("a secret", Assert.Single(rig.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "1 STORE_UNAVAILABLE: ")]
    [InlineData(false, "1 INTERNAL: ")]
    public async Task An_intent_that_fails_is_answered_with_its_error_and_the_next_one_is_performed(bool isStore, string expected)
    {
        await using var rig = await HostingRig.StartAsync();
        rig.Ask = (_, _) => throw (isStore ? new StoreException("The test broke the store.") : new InvalidOperationException("a secret"));
        var dispatcher = Create(rig, _ => [FromTheLog, Reply("next")]);
        Assert.True(await TakeAsync(dispatcher));
        var answers = await NextAsync(rig, 2);
        Assert.StartsWith(expected, answers[0], StringComparison.Ordinal);
        Assert.Equal("next", answers[1]);
        Assert.False(dispatcher.IsBusy);
    }

    [Fact]
    public async Task An_intent_without_a_handler_is_an_internal_error()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, _ => [new UnknownIntent("1")]);
        Assert.True(await TakeAsync(dispatcher));
        Assert.StartsWith("1 INTERNAL: ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Contains(nameof(UnknownIntent), Assert.Single(rig.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_close_ends_the_connection_and_later_intents_are_not_performed()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, _ => [new CloseIntent(4000, "enough"), Create("1")]);
        Assert.False(await TakeAsync(dispatcher));
        Assert.Equal((4000, "enough"), Assert.Single(rig.Session.Closes));
        Assert.Empty((await rig.Hive.QueryAsync(new ListTasks(new()) { By = HostingRig.Ann }, CancellationToken.None)).Value!.Tasks);
    }

    [Fact]
    public async Task An_intent_with_a_fresh_token_is_performed_after_the_old_one_has_expired()
    {
        await using var rig = await HostingRig.StartAsync(required: true);
        var expiry = rig.Time.GetUtcNow() + TimeSpan.FromMinutes(5);
        rig.Tokens["first"] = new Credential(HostingRig.Ann, expiry, expiry);
        rig.Tokens["fresh"] = new Credential(HostingRig.Ann);
        IReadOnlyList<Intent> intents = [new HelloIntent("1", null, Batch: false, null, "first")];
        var dispatcher = Create(rig, _ => intents);
        Assert.True(await TakeAsync(dispatcher));

        // The machine slept, so no timer has fired.
        rig.Time.Jump(TimeSpan.FromMinutes(6));
        intents = [new RefreshIntent("2", "fresh"), Create("3")];
        Assert.True(await TakeAsync(dispatcher));
        Assert.False(rig.Session.HasLapsed);
        await rig.DoAsync(new InboxBarrier { By = HostingRig.Ann });
        Assert.Single((await rig.Hive.QueryAsync(new ListTasks(new()) { By = HostingRig.Ann }, CancellationToken.None)).Value!.Tasks);
    }

    [Fact]
    public async Task An_intent_with_an_expired_token_is_not_performed()
    {
        await using var rig = await HostingRig.StartAsync(required: true);
        var expiry = rig.Time.GetUtcNow() + TimeSpan.FromMinutes(5);
        rig.Tokens["first"] = new Credential(HostingRig.Ann, expiry, expiry);
        IReadOnlyList<Intent> intents = [new HelloIntent("1", null, Batch: false, null, "first")];
        var dispatcher = Create(rig, _ => intents);
        Assert.True(await TakeAsync(dispatcher));
        rig.Time.Jump(TimeSpan.FromMinutes(6));
        intents = [Create("2")];
        Assert.False(await TakeAsync(dispatcher));
        Assert.True(rig.Session.HasLapsed);
        Assert.Empty((await rig.Hive.QueryAsync(new ListTasks(new()) { By = HostingRig.Ann }, CancellationToken.None)).Value!.Tasks);
    }

    [Fact]
    public async Task It_is_busy_while_an_intent_waits()
    {
        await using var rig = await HostingRig.StartAsync();
        var read = new TaskCompletionSource<HistoryPiece>(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Ask = (_, _) => read.Task;
        var dispatcher = Create(rig, _ => [FromTheLog]);
        var taken = TakeAsync(dispatcher);
        Assert.True(dispatcher.IsBusy);
        Assert.False(taken.IsCompleted);
        read.SetResult(new HistoryPiece(Known: false, [], 0));
        Assert.True(await taken);
        Assert.False(dispatcher.IsBusy);
        Assert.Equal("1 subscribed s1 lost", await rig.NextAsync());
    }

    [Fact]
    public async Task A_dialect_that_replaces_another_opens_within_the_same_frame()
    {
        await using var rig = await HostingRig.StartAsync();
        var entry = new DialectEntry("other", 0, () => new PlainDialect
        {
            Suffix = " in the other",
            Opens = () => [Reply("a greeting that the client has"), new SubscribeIntent("1", ["app.a"], null)],
            Reads = text => [Reply($"read {text}")],
        });
        var dispatcher = Create(rig, text => [new BecomeIntent(entry) { FirstWords = Encoding.UTF8.GetBytes(text) }]);
        Assert.True(await TakeAsync(dispatcher, "first"));
        Assert.Equal(["1 subscribed s1 recovered in the other", "read first"], (await NextAsync(rig, 2)).Order(StringComparer.Ordinal));
        Assert.Same(entry, rig.Dialect.Entry);
    }

    [Fact]
    public async Task The_opening_intents_of_a_dialect_are_performed_without_a_frame()
    {
        await using var rig = await HostingRig.StartAsync(new PlainDialect { Opens = () => [Reply("greeting")] });
        var dispatcher = Create(rig, _ => []);
        Assert.True(await dispatcher.OpenAsync());
        Assert.Equal("greeting", await rig.NextAsync());
        Assert.True(rig.Dialect.IsGreeted);
    }

    [Fact]
    public async Task The_presence_of_a_user_exists_once_it_is_requested()
    {
        await using var rig = await HostingRig.StartAsync();
        var dispatcher = Create(rig, _ => [new PresenceIntent("1", null)]);
        Assert.Null(dispatcher.Presence);
        Assert.True(await TakeAsync(dispatcher));
        Assert.Equal("1 PresenceView", await rig.NextAsync());
        Assert.Equal("ann", dispatcher.Presence!.User);
    }

    private static IntentDispatcher Create(HostingRig rig, Func<string, IEnumerable<Intent>> reads)
    {
        rig.Plain.Reads = reads;
        return new(rig.Host, rig.Connection, rig.Dialect, rig.Responder, rig.Credential, rig.Session, HostingRig.Address);
    }

    private static Task<bool> TakeAsync(IntentDispatcher dispatcher, string text = "x") =>
        Eventually.Get(dispatcher.TakeAsync(new WireMessage(WireMessageKind.Text, Encoding.UTF8.GetBytes(text))).AsTask(), "the end of a frame");

    private static async Task<string[]> NextAsync(HostingRig rig, int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++) texts[i] = await rig.NextAsync();
        return texts;
    }

    private static ReplyIntent Reply(string text) => new(Encoding.UTF8.GetBytes(text));

    private static CommandIntent Create(string tag) => new(tag, new CreateTasks([new TaskSpec { Title = "a" }]) { By = HostingRig.Ann });

    private sealed record UnknownIntent(object? Tag) : Intent(Tag);
}
