using Waggle.Core.Kernel;
using Waggle.Core.Messaging;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Messaging;

public sealed class MessagingTests
{
    private readonly TestHive _hive = new();
    private readonly TestWorker _ada;
    private readonly TestWorker _bob;
    private readonly TestWorker _cid;

    public MessagingTests() => (_ada, _bob, _cid) = (_hive.Worker("ada"), _hive.Worker("bob"), _hive.Worker("cid"));

    [Fact]
    public void A_connected_agent_receives_a_message_at_once_and_its_acknowledgement_ends_it()
    {
        var sent = _hive.Ok<MessagesSent>(Send(_ada.Principal, "bob", """{"look":"here"}""")).Messages.Single();

        var message = Assert.Single(_bob.Link.Messages);
        Assert.Equal((sent.Message, "ada", """{"look":"here"}"""), (message.Message, message.FromAgent, message.Content.ToString()));
        Assert.Equal(_hive.Now + TimeSpan.FromHours(1), message.ExpiresAt);
        _hive.Now += TimeSpan.FromSeconds(2);
        Assert.Equal(1, Acknowledge(_bob, sent.Message).Acknowledged);
        Assert.Equal(0, Acknowledge(_bob, sent.Message).Acknowledged);

        Assert.Equal(("agent.bob.message", 2000L), (_hive.Replies<MessageAcknowledged>().Topic, _hive.Replies<MessageAcknowledged>().WaitedMs));
        Assert.Null(_hive.State.View<IMessagingView>().Inbox("bob"));
        Assert.DoesNotContain(_hive.Published, r => System.Text.Encoding.UTF8.GetString(r.Data.Span).Contains("look"));
    }

    [Fact]
    public void What_was_not_acknowledged_comes_again_in_order_after_a_reconnect_and_a_restart()
    {
        for (var i = 1; i <= 3; i++) _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", $"{i}"));
        Acknowledge(_bob, _bob.Link.Messages[0].Message);

        _bob.Hello();
        Assert.Equal(["2", "3"], Contents(_bob));
        Assert.Equal("user", _bob.Link.Messages[0].FromUser);

        _hive.Restart();
        _bob.Hello();
        Assert.Equal(["2", "3"], Contents(_bob));
    }

    [Fact]
    public void A_worker_has_a_window_of_messages_and_gets_the_next_ones_as_it_acknowledges()
    {
        for (var i = 0; i < 40; i++) _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", $"{i}"));
        Assert.Equal(Inbox.Window, _bob.Link.Messages.Count);

        Acknowledge(_bob, [.. _bob.Link.Messages.Take(5).Select(m => m.Message)]);

        Assert.Equal(Enumerable.Range(0, Inbox.Window + 5).Select(i => $"{i}"), Contents(_bob));
    }

    [Fact]
    public void A_message_ends_when_its_time_is_over_and_when_its_agent_is_removed()
    {
        _bob.Vanish();
        _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", "1", TimeSpan.FromSeconds(5)));
        _hive.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("expired", _hive.Replies<MessageExpired>().Reason);

        _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", "2"));
        _hive.Remove("bob");
        Assert.Equal("agent_removed", _hive.Replies<MessageExpired>().Reason);
        Assert.Equal(0, _hive.State.View<IMessagingView>().WaitingBytes);
    }

    [Fact]
    public void The_topology_decides_who_may_message_whom()
    {
        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Star, Leads = ["ada"] }) { By = TestHive.User });

        Assert.Null(_hive.Do(Send(_bob.Principal, "ada", "1")).Error);
        var refused = _hive.Refused(Send(_bob.Principal, "cid", "1"));
        Assert.Equal(ErrorCodes.NotLinked, refused.Code);
        Assert.Contains("that is 'ada'", refused.Message);
        Assert.Null(_hive.Do(Send(TestHive.User, "cid", "1")).Error);
        Assert.Equal(["bob", "cid"], To(_ada.Principal, MessageAudience.Children).Order());
        Assert.Equal(["bob", "cid"], To(_ada.Principal, MessageAudience.Neighbours).Order());
        Assert.Equal(["ada"], To(_bob.Principal, MessageAudience.Lead));
        Assert.Equal(["ada"], To(_bob.Principal, MessageAudience.Parent));
        Assert.Equal(["ada"], To(TestHive.User, MessageAudience.Lead));
        Assert.Equal(3, To(TestHive.User, MessageAudience.Neighbours).Count());
        Assert.Contains("star has no place next", _hive.Refused(Send(_bob.Principal, MessageAudience.Next)).Message);

        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Ring }) { By = TestHive.User });
        Assert.Equal(["cid"], To(_bob.Principal, MessageAudience.Next));
        Assert.Equal(["cid"], To(_bob.Principal, MessageAudience.Neighbours));

        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Mesh }) { By = TestHive.User });
        Assert.Equal(["ada", "cid"], To(_bob.Principal, MessageAudience.Neighbours).Order());
        Assert.Contains("mesh has no place lead", _hive.Refused(Send(_bob.Principal, MessageAudience.Lead)).Message);
    }

    [Fact]
    public void What_an_agent_tells_its_swarm_reaches_exactly_those_that_the_topology_lets_hear_it()
    {
        var dan = _hive.Worker("dan");
        Assert.Equal(["ada", "cid", "dan"], To(_bob.Principal, MessageAudience.Swarm).Order());

        var parents = new Dictionary<string, string> { ["cid"] = "bob" };
        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Hierarchical, Leads = ["ada"], Parents = parents }) { By = TestHive.User });
        var before = (_ada.Link.Messages.Count, _bob.Link.Messages.Count, dan.Link.Messages.Count);
        Assert.Equal(["ada", "bob"], To(_cid.Principal, MessageAudience.Swarm).Order());
        Assert.Equal((before.Item1 + 1, before.Item2 + 1, before.Item3), (_ada.Link.Messages.Count, _bob.Link.Messages.Count, dan.Link.Messages.Count));
        Assert.Equal(["bob", "cid", "dan"], To(_ada.Principal, MessageAudience.Swarm).Order());
        Assert.Equal(4, To(TestHive.User, MessageAudience.Swarm).Count());

        _hive.Ok<SwarmView>(new SetTopology("default", new() { Kind = TopologyKind.Star, Leads = ["ada"] }) { By = TestHive.User });
        Assert.Equal(["ada"], To(_cid.Principal, MessageAudience.Swarm));
    }

    [Fact]
    public void An_agent_tells_its_own_swarm_and_no_other()
    {
        _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2") { By = TestHive.User });

        Bad(Send(_ada.Principal, MessageAudience.Swarm) with { Swarm = "s2" }, ErrorCodes.NotLinked);
        Assert.Equal(["bob", "cid"], _hive.Ok<MessagesSent>(Send(_ada.Principal, MessageAudience.Swarm) with { Swarm = "default" }).Messages.Select(m => m.Agent).Order());
    }

    [Fact]
    public void A_repeated_request_sends_nothing_twice_even_after_the_acknowledgement()
    {
        var first = _hive.Ok<MessagesSent>(Send(_ada.Principal, "bob", "1") with { IdempotencyKey = "k" }).Messages.Single();
        var again = _hive.Ok<MessagesSent>(Send(_ada.Principal, "bob", "1") with { IdempotencyKey = "k" }).Messages.Single();
        Acknowledge(_bob, first.Message);
        var late = _hive.Ok<MessagesSent>(Send(_ada.Principal, "bob", "1") with { IdempotencyKey = "k" }).Messages.Single();

        Assert.Equal((first.Message, true), (again.Message, again.Duplicate));
        Assert.True(late.Duplicate);
        Assert.Single(_bob.Link.Messages);
    }

    [Fact]
    public void An_inbox_is_bounded_and_the_error_names_it()
    {
        _bob.Vanish();
        for (var i = 0; i < Limits.MaxInboxMessages; i++) _hive.Do(Send(TestHive.User, "bob", "1"));

        var full = _hive.Refused(Send(TestHive.User, "bob", "1"));

        Assert.Equal(ErrorCodes.QuotaExceeded, full.Code);
        Assert.Contains("agent 'bob'", full.Message);
        Assert.Null(_hive.Do(Send(TestHive.User, "cid", "1")).Error);
        var big = new string('7', Limits.MaxAgentMessageBytes);
        for (var i = 0; i < Limits.MaxInboxBytes / Limits.MaxAgentMessageBytes; i++) Assert.Null(_hive.Do(Send(TestHive.User, "ada", big)).Error);
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Send(TestHive.User, "ada", "1")).Code);
    }

    [Fact]
    public void A_worker_that_polls_reads_its_messages_itself()
    {
        var hello = new Waggle.Core.Tasks.Leases.AttachAgent(new() { Secret = _bob.Secret, Slots = 1 }, "bob", new FakeLink { TakesMessages = false }) { By = TestHive.User, Poll = true };
        _hive.Ok<WelcomeAgent>(hello);
        _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", "1"));
        _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", "2"));

        var page = _hive.Ok<InboxPage>(new ReadInbox(1) { By = _bob.Principal });
        Assert.Equal(("1", 2), (page.Messages.Single().Content.ToString(), page.Waiting));
        Acknowledge(_bob, page.Messages[0].Message);
        Assert.Equal("2", _hive.Ok<InboxPage>(new ReadInbox(1) { By = _bob.Principal }).Messages.Single().Content.ToString());
    }

    [Fact]
    public void Wrong_messages_are_refused_with_the_rule()
    {
        Bad(Send(TestHive.User, "nobody", "1"), ErrorCodes.NotFound);
        Bad(Send(_ada.Principal, "ada", "1"), ErrorCodes.InvalidRequest);
        Bad(Send(TestHive.User, "bob", "null"), ErrorCodes.InvalidRequest);
        Bad(Send(TestHive.User, "bob", "\"" + new string('x', Limits.MaxAgentMessageBytes) + "\""), ErrorCodes.TooLarge);
        Bad(Send(TestHive.User, "bob", "1", TimeSpan.FromMilliseconds(1)), ErrorCodes.InvalidRequest);
        Bad(new SendMessage("bob", MessageAudience.Lead, RawJson.Parse("1")) { By = TestHive.User }, ErrorCodes.InvalidRequest);
        Bad(new SendMessage(null, null, RawJson.Parse("1")) { By = TestHive.User }, ErrorCodes.InvalidRequest);
        Bad(new SendMessage(null, MessageAudience.Next, RawJson.Parse("1")) { By = TestHive.User }, ErrorCodes.InvalidRequest);
        Bad(new SendMessage(null, MessageAudience.Lead, RawJson.Parse("1"), "none") { By = TestHive.User }, ErrorCodes.NotFound);
        Bad(new AcknowledgeMessages(["am9"]) { By = _bob.Principal }, ErrorCodes.NotFound);
        Bad(new AcknowledgeMessages(["am9"]) { By = TestHive.User }, ErrorCodes.NotAnAgent);
        Bad(new AcknowledgeMessages(["am9"], new string('x', Limits.MaxMessageFailedLength + 1)) { By = _bob.Principal }, ErrorCodes.TooLarge);
        var other = _hive.Ok<MessagesSent>(Send(TestHive.User, "cid", "1")).Messages[0].Message;
        Bad(new AcknowledgeMessages([other]) { By = _bob.Principal }, ErrorCodes.NotFound);
        _hive.Ok<SwarmView>(new CreateSwarm("Second", "s2") { By = TestHive.User });
        _hive.Worker("far", swarm: "s2");
        Bad(Send(_ada.Principal, "far", "1"), ErrorCodes.NotLinked);
    }

    [Fact]
    public void A_message_that_the_agent_gave_up_ends_with_the_reason_and_makes_room_for_the_next()
    {
        for (var i = 0; i <= Inbox.Window; i++) _hive.Ok<MessagesSent>(Send(TestHive.User, "bob", $"{i}"));
        Assert.Equal(Inbox.Window, _bob.Link.Messages.Count);
        var first = _bob.Link.Messages[0].Message;
        _hive.Ok<MessagesAcknowledged>(new AcknowledgeMessages([first], "It broke.") { By = _bob.Principal });
        Assert.Equal("It broke.", _hive.All.OfType<MessageAcknowledged>().Single(r => r.Message == first).Failed);
        Assert.Equal($"{Inbox.Window}", Contents(_bob).Last());
    }

    [Fact]
    public void A_message_to_a_swarm_of_too_many_or_of_nobody_is_refused_in_words_of_the_swarm()
    {
        for (var i = 0; i <= Limits.MaxMessageRecipients; i++) _hive.Worker($"w{i}");
        var leads = new TopologySpec { Kind = TopologyKind.Hierarchical, Leads = ["ada"] };

        AssertTooMany(Send(TestHive.User, MessageAudience.Swarm));
        AssertTooMany(Send(_ada.Principal, MessageAudience.Swarm));
        _hive.Ok<SwarmView>(new SetTopology("default", leads) { By = TestHive.User });
        AssertTooMany(Send(_ada.Principal, MessageAudience.Swarm));
        Assert.Contains("more have the place children", _hive.Refused(Send(_ada.Principal, MessageAudience.Children)).Message);

        var alone = new TestHive();
        var error = alone.Refused(Send(alone.Worker("ada").Principal, MessageAudience.Swarm));
        Assert.Equal((ErrorCodes.InvalidState, "No other agent of the swarm that hears the sender is online now."), (error.Code, error.Message));

        void AssertTooMany(SendMessage message)
        {
            var refused = _hive.Refused(message);
            Assert.Equal(ErrorCodes.TooLarge, refused.Code);
            Assert.Equal("A message goes to at most 1000 agents; more agents of the swarm hear the sender.", refused.Message);
        }
    }

    private static SendMessage Send(Principal by, string to, string json, TimeSpan? ttl = null) => new(to, null, RawJson.Parse(json), null, ttl) { By = by };

    private static SendMessage Send(Principal by, MessageAudience to) => new(null, to, RawJson.Parse("1")) { By = by };

    private IEnumerable<string> To(Principal by, MessageAudience to) => _hive.Ok<MessagesSent>(Send(by, to)).Messages.Select(m => m.Agent);

    private MessagesAcknowledged Acknowledge(TestWorker worker, params string[] messages) => _hive.Ok<MessagesAcknowledged>(new AcknowledgeMessages(messages) { By = worker.Principal });

    private static IEnumerable<string> Contents(TestWorker worker) => worker.Link.Messages.Select(m => m.Content.ToString());

    private void Bad(Waggle.Core.Kernel.Command command, string code) => Assert.Equal(code, _hive.Refused(command).Code);
}
