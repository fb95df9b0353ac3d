using System.Text;
using Waggle.Core;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Native;
using Waggle.Protocol;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class FrameInterpreterTests
{
    private static readonly Principal By = Principal.Local("main", "ann");

    private readonly NativeDialect _dialect = new();

    [Fact]
    public void A_text_is_what_the_dialect_reads_of_it()
    {
        var hello = Assert.IsType<HelloIntent>(Assert.Single(Read(Text("""{"type":"hello","protocols":["waggle.v1"],"client":"a test"}"""))));
        Assert.Equal("a test", hello.Client);
    }

    [Fact]
    public void A_binary_message_is_refused_in_the_dialects_words()
    {
        var reply = Assert.IsType<ReplyIntent>(Assert.Single(Read(new WireMessage(WireMessageKind.Binary, new byte[] { 1 }))));
        Assert.Contains(ErrorCodes.MalformedMessage, Encoding.UTF8.GetString(reply.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_too_long_is_refused_and_ends_the_connection()
    {
        var intents = Read(new WireMessage(WireMessageKind.TooBig));
        Assert.IsType<ReplyIntent>(intents[0]);
        Assert.Equal(CloseCodes.MessageTooBig, Assert.IsType<CloseIntent>(intents[1]).Code);
    }

    private static WireMessage Text(string text) => new(WireMessageKind.Text, Encoding.UTF8.GetBytes(text));

    private List<Intent> Read(WireMessage message)
    {
        var intents = new List<Intent>();
        FrameInterpreter.Read(_dialect, message, By, intents);
        return intents;
    }
}
