using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using MessagePack;
using Waggle.Core;
using Waggle.Delivery;
using Waggle.Dialects.Binary;
using Waggle.Dialects.ClaudeFlow;
using Waggle.Dialects.Native;
using Waggle.Dialects.Tests.Support;

namespace Waggle.Dialects.Tests.Binary;

public sealed class MessagePackDialectTests
{
    private static readonly Principal By = Principal.Local("main", "ann");

    [Fact]
    public void Each_record_is_the_same_in_both_forms()
    {
        foreach (var renderer in new IRenderer[] { NativeRenderer.Instance, ClaudeFlowRenderer.Whole })
        {
            foreach (var record in ClaudeFlow.Samples.Records)
            {
                var data = Encoding.UTF8.GetBytes("""{"task":"t12","state":"running","n":[1,2.5,null]}""");
                var written = record.Data.IsEmpty && ReferenceEquals(renderer, NativeRenderer.Instance) ? record with { Data = data } : record;
                var json = EncodedText.By(renderer, written);
                var packed = Messages(output => MessagePackRenderer.Of(renderer).Render(written, output));
                Assert.Equal(json.Select(m => JsonNode.Parse(m)!.ToJsonString()), packed.Select(m => JsonNode.Parse(m)!.ToJsonString()));
            }
        }
    }

    [Fact]
    public void Everything_that_a_dialect_may_change_is_passed_on()
    {
        var own = typeof(MessagePackDialect).GetMethods().Where(m => m.DeclaringType == typeof(MessagePackDialect)).Select(m => m.GetBaseDefinition().ToString());
        var all = typeof(Dialect).GetMethods().Where(m => m is { IsVirtual: true, IsFinal: false } && m.DeclaringType == typeof(Dialect)).Select(m => m.ToString());
        Assert.Empty(all.Except(own));
    }

    [Fact]
    public void All_connections_of_a_dialect_share_the_bodies_of_one_renderer()
    {
        Assert.Same(new MessagePackDialect(new NativeDialect()).Renderer, new MessagePackDialect(new NativeDialect()).Renderer);
        Assert.NotSame(new MessagePackDialect(new NativeDialect()).Renderer, new MessagePackDialect(new ClaudeFlowDialect()).Renderer);
    }

    [Fact]
    public void A_dialect_that_numbers_its_records_numbers_them_in_this_form_too() =>
        Assert.Equal(ClaudeFlowRenderer.Whole is INumberingRenderer, MessagePackRenderer.Of(ClaudeFlowRenderer.Whole) is INumberingRenderer);

    [Fact]
    public void A_frame_is_read_as_the_same_message_in_JSON()
    {
        var intents = new List<Intent>();
        new MessagePackDialect(new NativeDialect()).Read(
            MessagePackSerializer.ConvertFromJson("""{"type":"hello","protocols":["waggle.v1"],"client":"a test"}"""), By, intents);
        Assert.Equal("a test", Assert.IsType<HelloIntent>(Assert.Single(intents)).Client);
    }

    [Theory]
    [InlineData("ddffffffff")]
    [InlineData("c403010203")]
    [InlineData("")]
    public void A_wrong_frame_is_answered_with_the_dialects_error_in_this_form(string hex)
    {
        foreach (var dialect in new Dialect[] { new NativeDialect(), new ClaudeFlowDialect() })
        {
            var intents = new List<Intent>();
            new MessagePackDialect(dialect).Read(Convert.FromHexString(hex), By, intents);
            var body = Assert.IsType<ReplyIntent>(Assert.Single(intents)).Body;
            Assert.Equal("error", (string?)JsonNode.Parse(Json(body))!["type"]);
        }
    }

    private static string[] Messages(Action<IMessageWriter> write)
    {
        var output = new MessageBuffer(256);
        write(output);
        var all = output.Written;
        var ends = output.Ends ?? (all.IsEmpty ? [] : [all.Length]);
        return [.. ends.Select((end, i) => Json(all[(i == 0 ? 0 : ends[i - 1])..end]))];
    }

    private static string Json(ReadOnlyMemory<byte> packed)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(MessagePackCodec.ToJson(packed, output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
