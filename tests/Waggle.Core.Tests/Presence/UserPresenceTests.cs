using Waggle.Core.Notifications;
using Waggle.Core.Presence;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Presence;

public sealed class UserPresenceTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private readonly TestHive _hive = new();

    private string[] Told => [.. _hive.All.OfType<UserPresenceChanged>().Select(p => $"{p.User} {p.Status}")];

    [Fact]
    public void A_user_comes_with_the_first_connection_and_goes_two_minutes_after_the_last()
    {
        Come("ann", "c1");
        Come("ann", "c2");
        Leave("ann", "c1");
        _hive.Advance(Grace * 2);
        Assert.Equal(["ann Online"], Told);

        Leave("ann", "c2");
        _hive.Advance(Grace - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, Assert.Single(Here()).Connections);
        _hive.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["ann Online", "ann Offline"], Told);
        Assert.Empty(Here());
        Assert.Null(_hive.State.User("ann"));
    }

    [Fact]
    public void A_reconnect_within_the_grace_is_silent_and_keeps_the_status()
    {
        Come("ann", "c1", PresenceStatus.Busy);
        Leave("ann", "c1");
        _hive.Advance(TimeSpan.FromMinutes(1));
        Come("ann", "c2");
        _hive.Advance(Grace * 2);

        Assert.Equal(["ann Busy"], Told);
        Assert.Equal(PresenceStatus.Busy, Assert.Single(Here()).Status);
    }

    [Fact]
    public void A_status_is_the_users_whichever_connection_says_it_and_is_told_each_time()
    {
        Come("ann", "c1");
        Come("ann", "c2");
        Come("ann", "c2", PresenceStatus.Away);
        Come("ann", "c1", PresenceStatus.Away);

        Assert.Equal(["ann Online", "ann Away", "ann Away"], Told);
        var last = _hive.Replies<UserPresenceChanged>();
        Assert.Equal((PresenceStatus.Away, "presence.ann"), (last.OldStatus, last.Topic));
        Assert.Equal(2, Assert.Single(Here()).Connections);
    }

    [Fact]
    public void Who_says_offline_is_not_told_to_be_offline_again()
    {
        Come("ann", "c1", PresenceStatus.Offline);
        Leave("ann", "c1");
        _hive.Advance(Grace);

        Assert.Equal(["ann Offline"], Told);
    }

    [Fact]
    public void A_connection_that_was_never_here_ends_nothing()
    {
        Come("ann", "c1");
        Leave("ann", "c9");
        Leave("bob", "c1");
        _hive.Advance(Grace);

        Assert.Equal(["ann Online"], Told);
    }

    [Fact]
    public void Nothing_of_it_is_stored_and_a_new_owner_starts_with_nobody()
    {
        var head = _hive.Tenure.Head;
        Come("ann", "c1");
        Assert.Equal(head, _hive.Tenure.Head);

        _hive.Restart();

        Assert.Empty(Here());
    }

    [Fact]
    public void A_user_outlives_a_batch_that_could_not_be_stored_as_before_it()
    {
        Come("ann", "c1");
        _hive.Store.FailNextCommit();
        _hive.Turn(
            new SetPresence("c2") { By = User("ann") },
            new SetPresence("c3", PresenceStatus.Away) { By = User("bob") },
            new SendNotification(NotificationLevel.Info, "makes it a commit") { By = TestHive.User });

        Assert.Equal(("ann", 1), (Assert.Single(Here()).User, Here()[0].Connections));
        Leave("ann", "c1");
        _hive.Advance(Grace);
        Assert.Equal(["ann Online", "ann Offline"], Told);
    }

    [Fact]
    public void Who_may_not_see_users_is_refused_and_who_is_limited_to_swarms_sees_itself()
    {
        Come("ann", "c1");
        var refused = _hive.Refused(new ListPresence { By = new Principal("eve", "default", null, new HashSet<string> { "read:tasks" }) });
        Assert.Equal(ErrorCodes.Forbidden, refused.Code);
        Assert.Contains("read:presence", refused.Message, StringComparison.Ordinal);

        var limited = new Principal("eve", "default", null, new HashSet<string> { "read:presence" }) { Swarms = new HashSet<string> { "default" } };
        _hive.Ok<PresenceView>(new SetPresence("c2") { By = limited });
        Assert.Equal("eve", Assert.Single(_hive.Ok<PresencePage>(new ListPresence { By = limited }).Users).User);
    }

    private static Principal User(string name) => Principal.Local("default", name);

    private void Come(string user, string connection, PresenceStatus? status = null) => _hive.Ok<PresenceView>(new SetPresence(connection, status) { By = User(user) });

    private void Leave(string user, string connection) => Assert.Null(_hive.Do(new LeavePresence(connection) { By = User(user) }).Error);

    private IReadOnlyList<PresenceView> Here() => _hive.Ok<PresencePage>(new ListPresence { By = User("ann") }).Users;
}
