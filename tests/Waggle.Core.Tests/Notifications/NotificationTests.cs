using Waggle.Core.Access;
using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Notifications;

public sealed class NotificationTests : IAsyncLifetime
{
    private static readonly Principal Ann = User("ann");
    private static readonly Principal Bob = User("bob@example.com");

    private RunningHive _running = null!;

    public async ValueTask InitializeAsync() => _running = await RunningHive.StartAsync();

    public ValueTask DisposeAsync() => _running.DisposeAsync();

    [Fact]
    public async Task Everybody_has_what_went_to_all_and_their_own()
    {
        await Send("for all");
        await Send("for ann", to: "ann");
        await Send("for bob", to: "bob@example.com");

        Assert.Equal(["for all", "for ann"], await Unseen(Ann));
        Assert.Equal(["for all", "for bob"], await Unseen(Bob));
        Assert.Equal(["notification.all", "notification.user.ann", "notification.user.bob@example~2Ecom"], _running.Records.Where(r => r.Kind == "notification_sent").Select(r => r.Topic));
        Assert.Equal([true, true, false], _running.Records.Where(r => r.Kind == "notification_sent").Select(Ann.Hears));
    }

    [Fact]
    public async Task What_was_seen_is_not_told_again_and_one_mark_covers_all_before_it()
    {
        await Send("one");
        var two = await Send("two");
        await Send("three");
        Assert.Null((await _running.Ask(new MarkSeen(two) { By = Ann })).Error);

        Assert.Equal(["three"], await Unseen(Ann));
        Assert.Equal(["one", "two", "three"], await Unseen(Bob));
        var head = _running.Hive.Head;
        Assert.Null((await _running.Ask(new MarkSeen(two) { By = Ann })).Error);
        Assert.Equal(head, _running.Hive.Head);
    }

    [Fact]
    public async Task Nobody_marks_what_is_anothers()
    {
        var bobs = await Send("for bob", to: "bob@example.com");

        Assert.Equal(ErrorCodes.NotFound, (await _running.Ask(new MarkSeen(bobs) { By = Ann })).Error!.Code);
        Assert.Equal(ErrorCodes.NotFound, (await _running.Ask(new MarkSeen("n1-9999") { By = Ann })).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Ask(new MarkSeen("a.b") { By = Ann })).Error!.Code);
    }

    [Fact]
    public async Task What_is_sent_while_a_client_hears_it_that_cannot_say_so_counts_as_seen_once_it_goes()
    {
        await Send("before");
        var replayed = await Unseen(Ann);
        var upTo = _running.Hive.Head.Offset;
        await _running.Ask(new SetPresence("c1", Reads: true) { By = Ann });
        await Send("live");
        Assert.Equal(["before"], replayed);
        Assert.Empty(await Unseen(Ann));

        await _running.Ask(new LeavePresence("c1", _running.Hive.Head.Offset, upTo) { By = Ann });

        Assert.Empty(await Unseen(Ann));
        await Send("after");
        Assert.Equal(["after"], await Unseen(Ann));
    }

    [Fact]
    public async Task What_a_connection_did_not_hear_to_its_end_is_told_again()
    {
        await Send("heard");
        await _running.Ask(new SetPresence("c1", Reads: true) { By = Ann });
        var heard = _running.Hive.Head.Offset;
        await Send("on the way when the line broke");
        await _running.Ask(new LeavePresence("c1", heard, heard) { By = Ann });

        Assert.Equal(["on the way when the line broke"], await Unseen(Ann));
    }

    [Fact]
    public async Task Who_was_told_nothing_leaves_no_mark()
    {
        await _running.Ask(new SetPresence("c1", Reads: true) { By = Ann });
        await _running.CreateOne();
        var head = _running.Hive.Head;
        await _running.Ask(new LeavePresence("c1", head.Offset) { By = Ann });

        Assert.Equal(head, _running.Hive.Head);
    }

    [Fact]
    public async Task The_same_key_sends_once()
    {
        var first = await Send("once", key: "k1");
        var again = await _running.Ask(new SendNotification(NotificationLevel.Info, "once", IdempotencyKey: "k1") { By = Ann });
        Assert.True(((NotificationView)again.Value!) is { Duplicate: true } view && view.Id == first);
        Assert.Equal(ErrorCodes.IdempotencyConflict, (await _running.Ask(new SendNotification(NotificationLevel.Info, "other", IdempotencyKey: "k1") { By = Ann })).Error!.Code);
        Assert.Equal(["once"], await Unseen(Ann));
    }

    [Fact]
    public async Task A_notification_of_a_swarm_is_for_those_who_reach_it()
    {
        var limited = Bob with { Swarms = new HashSet<string> { "default" } };
        await Send("whole hive");
        await _running.Ask(new SendNotification(NotificationLevel.Info, "ours", Swarm: "default") { By = limited });

        Assert.Equal(["ours"], await Unseen(limited));
        Assert.Equal(["whole hive", "ours"], await Unseen(Ann));
        Assert.Equal(ErrorCodes.Forbidden, (await _running.Ask(new SendNotification(NotificationLevel.Info, "x") { By = limited })).Error!.Code);
        Assert.Equal(ErrorCodes.NotFound, (await _running.Ask(new SendNotification(NotificationLevel.Info, "x", Swarm: "nowhere") { By = Ann })).Error!.Code);
    }

    [Fact]
    public async Task Pages_end_where_they_were_asked_to_and_go_on_by_their_cursor()
    {
        for (var i = 0; i < 70; i++) await Send($"{i}");
        var first = await _running.Hive.QueryAsync(new ListUnseen(null, 50) { By = Ann }, CancellationToken.None);
        var page = (NotificationPage)first.Value!;
        var rest = (await _running.Hive.QueryAsync(new ListUnseen(page.Cursor, 50) { By = Ann }, CancellationToken.None)).Value!;

        Assert.Equal((50, 20, null), (page.Notifications.Count, rest.Notifications.Count, rest.Cursor));
        Assert.Equal(Enumerable.Range(0, 70).Select(i => $"{i}"), page.Notifications.Concat(rest.Notifications).Select(n => n.Message));
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Hive.QueryAsync(new ListUnseen("x", 50) { By = Ann }, CancellationToken.None)).Error!.Code);
        Assert.Equal(ErrorCodes.InvalidRequest, (await _running.Hive.QueryAsync(new ListUnseen(null, 0) { By = Ann }, CancellationToken.None)).Error!.Code);
    }

    [Fact]
    public async Task They_are_kept_for_a_week_seen_or_not()
    {
        await Send("old");
        _running.Time.Advance(_running.Hive.Options.NotificationRetention + TimeSpan.FromMinutes(2));
        await _running.CreateOne();
        await Waggle.TestKit.Eventually.Async(async () => (await Unseen(Ann)).Length == 0, "the old one to be gone");
    }

    [Theory]
    [InlineData("", null, "message is empty")]
    [InlineData("x", "", "to is a subject")]
    public async Task What_cannot_be_sent_is_said_clearly(string message, string? to, string problem)
    {
        var error = (await _running.Ask(new SendNotification(NotificationLevel.Info, message, to) { By = Ann })).Error!;
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static Principal User(string name) => new(name, "default", null, new HashSet<string> { "read:presence", "read:notifications", "write:notifications" });

    private async Task<string> Send(string message, string? to = null, string? key = null)
    {
        var outcome = await _running.Ask(new SendNotification(NotificationLevel.Info, message, to, IdempotencyKey: key) { By = Ann });
        Assert.Null(outcome.Error);
        return ((NotificationView)outcome.Value!).Id;
    }

    private async Task<string[]> Unseen(Principal by) =>
        [.. (await _running.Hive.QueryAsync(new ListUnseen { By = by }, CancellationToken.None)).Value!.Notifications.Select(n => n.Message)];
}
