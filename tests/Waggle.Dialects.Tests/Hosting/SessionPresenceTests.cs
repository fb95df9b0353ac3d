using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class SessionPresenceTests
{
    private static readonly SubscribeIntent Live = new(null, ["notification.#"], null) { AsPermitted = true };

    [Fact]
    public async Task A_user_is_present_until_the_end_of_the_session()
    {
        await using var rig = await HostingRig.StartAsync();
        var presence = Create(rig);
        Assert.Null(presence.User);
        await presence.BePresentAsync(new PresenceIntent("1", PresenceStatus.Away));
        Assert.Equal("1 PresenceView", await rig.NextAsync());
        Assert.Equal("ann", presence.User);
        var there = Assert.Single((await rig.DoAsync(new ListPresence { By = HostingRig.Ann })).Users);
        Assert.Equal(("ann", PresenceStatus.Away, 1), (there.User, there.Status, there.Connections));

        await presence.LeaveAsync();
        await rig.Time.AdvanceUntilAsync(
            () => rig.DoAsync(new ListPresence { By = HostingRig.Ann }).GetAwaiter().GetResult().Users.Count == 0, TimeSpan.FromSeconds(5), "the end of the grace period");
    }

    [Fact]
    public async Task The_end_of_a_session_without_a_present_user_changes_nothing()
    {
        await using var rig = await HostingRig.StartAsync();
        await rig.DoAsync(new ListPresence { By = HostingRig.Ann });
        var head = rig.Hive.Head;
        await Create(rig).LeaveAsync();
        Assert.Empty((await rig.DoAsync(new ListPresence { By = HostingRig.Ann })).Users);
        Assert.Equal(head, rig.Hive.Head);
    }

    [Fact]
    public async Task A_returning_user_receives_the_unseen_notifications_then_the_overview_then_live_ones()
    {
        await using var rig = await HostingRig.StartAsync();
        var presence = Create(rig);
        await rig.DoAsync(new SendNotification(NotificationLevel.Info, "one") { By = HostingRig.Ann });
        await rig.DoAsync(new SendNotification(NotificationLevel.Info, "two", To: "ann") { By = HostingRig.Ann });
        await rig.DoAsync(new SendNotification(NotificationLevel.Info, "not hers", To: "bob") { By = HostingRig.Ann });
        await Eventually.Get(CatchUp(presence), "the replay");
        await rig.DoAsync(new SendNotification(NotificationLevel.Info, "three") { By = HostingRig.Ann });
        Assert.Equal("1 notifications one,two", await rig.NextAsync());
        Assert.Equal("1 HiveOverview", await rig.NextAsync());
        Assert.StartsWith("record notification.", await rig.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replayed_notifications_are_seen_once_the_client_has_certainly_received_them()
    {
        await using var rig = await HostingRig.StartAsync();
        await rig.DoAsync(new SendNotification(NotificationLevel.Info, "one", To: "ann") { By = HostingRig.Ann });

        // The client answers no ping, so it may have received nothing.
        var lost = Create(rig);
        await Eventually.Get(CatchUp(lost), "the replay");
        await lost.BePresentAsync(new PresenceIntent(null, null, Reads: true));
        await lost.LeaveAsync();
        Assert.Equal(["one"], await UnseenAsync(rig));

        var parted = Create(rig);
        await Eventually.Get(CatchUp(parted), "the replay");
        await parted.BePresentAsync(new PresenceIntent(null, null, Reads: true));
        parted.Acks.Parted(rig.Hive.Head.Offset);
        await parted.LeaveAsync();
        Assert.Empty(await UnseenAsync(rig));
    }

    private static SessionPresence Create(HostingRig rig) =>
        new(rig.Host, rig.Connection, rig.Responder, rig.Credential, new SubscriptionHandler(rig.Host, rig.Connection, rig.Responder, rig.Credential));

    private static async Task<bool> CatchUp(SessionPresence presence)
    {
        await presence.CatchUpAsync(new CatchUpIntent("1", Live));
        return true;
    }

    private static async Task<IEnumerable<string>> UnseenAsync(HostingRig rig)
    {
        var page = await rig.Hive.QueryAsync(new ListUnseen { By = HostingRig.Ann }, CancellationToken.None);
        return page.Value!.Notifications.Select(n => n.Message);
    }
}
