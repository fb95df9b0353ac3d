using Waggle.Core.Access;
using Waggle.Core.Chat;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Chat;

public sealed class ChatTests
{
    private static readonly Principal Ann = User("ann");
    private static readonly Principal Bob = User("bob");
    private static readonly Principal Eve = User("eve");

    private readonly TestHive _hive = new();

    [Fact]
    public void What_is_said_is_told_with_all_that_a_dialect_needs()
    {
        _hive.Worker("a1");
        Open("conv-1", title: "Release");
        var view = _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "Done.") { By = Ann.For("a1") });

        var said = _hive.Replies<MessagePosted>();
        Assert.Equal(("chat.conv-1", "conv-1", "Release", "a1", "a1", "Done."), (said.Topic, said.Conversation, said.Title, said.Sender, said.SenderName, said.Content));
        Assert.Equal((said.Message, _hive.Now), (view.Id, view.At));
        Assert.Equal(1, Show("conv-1", Ann).Messages);
    }

    [Fact]
    public void Nobody_speaks_in_the_name_of_others()
    {
        Open("conv-1");
        _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "I am bob") { By = Ann });

        Assert.Equal("ann", _hive.Replies<MessagePosted>().Sender);
    }

    [Fact]
    public void A_message_under_the_same_key_is_posted_once()
    {
        Open("conv-1");
        var first = _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "once", "k1") { By = Ann });
        _hive.Restart();
        var again = _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "once", "k1") { By = Ann });
        Assert.Equal(first with { Duplicate = true }, again);
        Assert.Equal(ErrorCodes.IdempotencyConflict, _hive.Refused(new PostMessage("conv-1", "twice", "k1") { By = Ann }).Code);

        var bobs = _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "once", "k1") { By = Bob });
        Assert.False(bobs.Duplicate);
        Assert.Equal(2, Show("conv-1", Ann).Messages);
    }

    [Fact]
    public void A_conversation_under_the_same_id_is_found_and_another_one_is_refused()
    {
        Open("conv-1", title: "Release");
        Assert.True(_hive.Ok<ConversationView>(new OpenConversation("conv-1", "Release") { By = Bob }).Duplicate);
        var error = _hive.Refused(new OpenConversation("conv-1", "Another") { By = Bob });
        Assert.Equal(ErrorCodes.AlreadyExists, error.Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new PostMessage("conv-2", "Hello?") { By = Ann }).Code);
    }

    [Fact]
    public void A_private_conversation_is_not_there_for_others()
    {
        Open("secret", participants: ["bob"]);
        _hive.Ok<ChatMessageView>(new PostMessage("secret", "psst") { By = Bob });

        Assert.Equal(["ann", "bob"], Show("secret", Ann).Participants!);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowConversation("secret") { By = Eve }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new PostMessage("secret", "me too") { By = Eve }).Code);
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(new OpenConversation("secret") { By = Eve }).Code);
        foreach (var record in _hive.Published.Where(r => r.Topic == "chat.secret"))
        {
            Assert.True(Bob.Hears(record) && Ann.Hears(record));
            Assert.False(Eve.Hears(record));
            Assert.False(Eve.Hears(record with { Payload = null }), "read back from the log");
        }
    }

    [Fact]
    public void A_conversation_of_a_swarm_is_for_those_who_reach_it()
    {
        var limited = Bob with { Swarms = new HashSet<string> { "default" } };
        Open("ours", swarm: "default");
        Open("all");
        _hive.Ok<ChatMessageView>(new PostMessage("ours", "hi") { By = limited });
        Assert.Equal("default", _hive.Last[0].Swarm);
        Assert.True(limited.Hears(_hive.Last[0]));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new PostMessage("all", "hi") { By = limited }).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new OpenConversation("mine") { By = limited }).Code);
        Assert.Equal(ErrorCodes.AlreadyExists, _hive.Refused(new OpenConversation("all", Swarm: "default") { By = limited }).Code);
    }

    [Theory]
    [InlineData("a.b", "x", null, "conversation 'a.b' is not a valid id")]
    [InlineData("conv-1", "", null, "content is empty")]
    [InlineData("conv-1", "x", "a b", "idempotency_key 'a b'")]
    public void What_cannot_be_posted_is_said_clearly(string conversation, string content, string? key, string problem)
    {
        Open("conv-1");
        var error = _hive.Refused(new PostMessage(conversation, content, key) { By = Ann });
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_and_numbers_are_bounded()
    {
        Open("conv-1");
        Assert.Equal(ErrorCodes.TooLarge, _hive.Refused(new PostMessage("conv-1", new string('x', Limits.MaxTextLength + 1)) { By = Ann }).Code);
        Assert.Contains("1 to 500", _hive.Refused(new OpenConversation(null, new string('x', 501)) { By = Ann }).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 100 entries", _hive.Refused(new OpenConversation(null, Participants: [.. Enumerable.Range(0, 101).Select(i => $"u{i}")]) { By = Ann }).Message, StringComparison.Ordinal);
        Assert.Contains("participants[1]", _hive.Refused(new OpenConversation(null, Participants: ["bob", new string('x', 201)]) { By = Ann }).Message, StringComparison.Ordinal);
        Assert.Contains("null", _hive.Refused(new OpenConversation(null, Participants: [null!]) { By = Ann }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Chat_is_cold_and_closed_by_its_time()
    {
        Open("conv-1");
        _hive.Advance(TimeSpan.FromHours(1));
        _hive.Ok<ChatMessageView>(new PostMessage("conv-1", "x") { By = Ann });

        Assert.Null(_hive.State.Conversation("conv-1"));
        Assert.All(_hive.Store.Entities().Where(e => e.Kind is "conversation" or "chat_message"), e => Assert.Equal(_hive.Now, e.ClosedAt));
    }

    private static Principal User(string name) => new(name, "default", null, new HashSet<string> { "read:chat", "write:chat", "work:tasks" });

    private void Open(string id, string? title = null, string? swarm = null, string[]? participants = null) =>
        _hive.Ok<ConversationView>(new OpenConversation(id, title, swarm, participants) { By = Ann });

    private ConversationView Show(string id, Principal by) => _hive.Ok<ConversationView>(new ShowConversation(id) { By = by });
}
