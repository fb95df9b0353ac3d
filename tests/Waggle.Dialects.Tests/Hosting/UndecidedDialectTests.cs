using System.Text;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;

namespace Waggle.Dialects.Tests.Hosting;

/// <summary>A path that several dialects share.</summary>
public sealed class UndecidedDialectTests
{
    private static readonly DialectEntry Dogs = Animal("dogs", "woof");
    private static readonly DialectEntry Cats = Animal("cats", "meow");

    private readonly UndecidedDialect _dialect = new([Dogs, Cats]);

    [Fact]
    public void Each_greets_who_has_not_spoken_yet_and_nothing_else_is_done()
    {
        var intents = new List<Intent>();
        Assert.True(_dialect.Open(new Opening(HandshakeRequest.Plain, new Credential(null), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), intents));
        Assert.Equal(["hello from dogs", "hello from cats"], intents.Select(i => Encoding.UTF8.GetString(Assert.IsType<ReplyIntent>(i).Body.Span)));
    }

    [Fact]
    public void A_silent_client_gets_the_ping_of_each_that_has_one()
    {
        var dialect = new UndecidedDialect([Waggle.Dialects.CloudAgents.CloudAgentsDialect.Entry, Dogs, Waggle.Dialects.ClaudeZen.ClaudeZenDialect.Entry]);
        dialect.Open(new Opening(HandshakeRequest.Plain, new Credential(null), false, () => EncodedText.At, "waggle/0", "main", "c-1", default), []);
        Assert.Equal((TimeSpan.FromSeconds(30), true), (dialect.Heartbeat.Every, dialect.Heartbeat.Spoken));
        var pings = EncodedText.Messages(output => dialect.Ping(EncodedText.At, output));
        Assert.Equal(["ping", "heartbeat"], pings.Select(p => System.Text.Json.JsonElement.Parse(p).GetProperty("type").GetString()));
    }

    [Theory]
    [InlineData("woof woof", "dogs")]
    [InlineData("meow", "cats")]
    [InlineData("moo", "dogs")]
    public void The_first_words_decide_and_what_nobody_knows_is_the_firsts(string words, string name)
    {
        var intents = new List<Intent>();
        _dialect.Read(Encoding.UTF8.GetBytes(words), Principal.Local("main", "x"), intents);
        var become = Assert.IsType<BecomeIntent>(Assert.Single(intents));
        Assert.Equal((name, words), (become.Entry.Name, Encoding.UTF8.GetString(become.FirstWords.Span)));
    }

    private static DialectEntry Animal(string name, string sound) => new(name, 1, () => new AnimalDialect(name))
    {
        Recognises = words => Encoding.UTF8.GetString(words.Span).StartsWith(sound, StringComparison.Ordinal),
    };

    private sealed class AnimalDialect(string name) : ForeignDialect
    {
        public override IRenderer Renderer => throw new NotSupportedException();

        public override bool Open(in Opening opening, List<Intent> intents)
        {
            intents.Add(new ReplyIntent(Encoding.UTF8.GetBytes($"hello from {name}")));
            intents.Add(new SubscribeIntent(null, ["task.#"], null));
            return true;
        }

        public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents) => throw new NotSupportedException();

        public override void Refuse(string code, string message, List<Intent> intents) => throw new NotSupportedException();

        public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output) => throw new NotSupportedException();

        public override void Expiring(DateTimeOffset at, IMessageWriter output) => throw new NotSupportedException();

        public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) => throw new NotSupportedException();
    }
}
