using System.Text;
using Waggle.Protocol.Messages;

namespace Waggle.Protocol.Tests.Messages;

public class BadFrameTests
{
    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hello")]
    [InlineData("42")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{\"type\":\"echo\"")]
    [InlineData("{\"type\":\"echo\",}")]
    [InlineData("{'type':'echo'}")]
    [InlineData("{\"type\":\"echo\"} {\"type\":\"echo\"}")]
    [InlineData("{\"type\":\"echo\"}x")]
    [InlineData("[")]
    [InlineData("[1]")]
    [InlineData("[[{\"type\":\"echo\"}]]")]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF\uFEFF{\"type\":\"echo\"}")]
    public void Text_that_is_no_message_is_malformed(string frame) => Assert.Equal(ErrorCodes.MalformedMessage, Codec.Error(frame).Code);

    [Theory]
    [InlineData("{\"type\":\"echo\",\"id\":\"7\",\"payload\":tru}")]
    [InlineData("{\"type\":\"echo\",\"id\":\"7\",\"payload\":{}")]
    [InlineData("{\"id\":\"7\",\"type\":\"echo\"}}")]
    public void The_id_is_named_as_far_as_the_text_could_be_read(string frame)
    {
        var error = Codec.Error(frame);
        Assert.Equal((ErrorCodes.MalformedMessage, "7"), (error.Code, error.Id));
    }

    [Theory]
    [InlineData("{\"type\":\"\\udc00\"}", ErrorCodes.UnknownType)]
    [InlineData("{\"type\":\"echo\",\"\\ud800\":1}", ErrorCodes.InvalidRequest)]
    public void Half_a_surrogate_pair_is_a_character_like_another_where_a_name_is_due(string frame, string code)
    {
        var error = Codec.Error(frame);
        Assert.Equal(code, error.Code);
        Assert.Contains("\uFFFD", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused()
    {
        foreach (var text in new[] { "{\"type\":\"echo\",\"id\":\"?\"}", "{\"type\":\"?\"}", "{\"?\":1}", "{\"type\":\"subscribe\",\"topics\":[\"?\"]}", "?" })
        {
            var frame = Encoding.ASCII.GetBytes(text);
            frame[Array.IndexOf(frame, (byte)'?')] = 0xff;
            Assert.IsType<ProtocolError>(Assert.Single(Codec.ReadClient(frame)));
        }
    }

    [Theory]
    [InlineData("{}", "'type'")]
    [InlineData("{\"type\":1}", "'type'")]
    [InlineData("{\"type\":null}", "'type'")]
    [InlineData("{\"type\":\"echo\",\"id\":1}", "'id'")]
    [InlineData("{\"type\":\"echo\",\"id\":\"\"}", "'id'")]
    [InlineData("{\"type\":\"echo\",\"id\":{}}", "'id'")]
    [InlineData("{\"type\":\"echo\",\"id\":\"a\",\"id\":\"b\"}", "'id' is there twice")]
    [InlineData("{\"type\":\"echo\",\"type\":\"hello\"}", "'type' is there twice")]
    [InlineData("{\"type\":\"echo\",\"payload\":1,\"payload\":2}", "$.payload is there twice")]
    [InlineData("{\"type\":\"echo\",\"paylod\":1}", "unknown field 'paylod'")]
    [InlineData("{\"type\":\"subscribe\"}", "'topics'")]
    [InlineData("{\"type\":\"subscribe\",\"topics\":null}", "null")]
    [InlineData("{\"type\":\"subscribe\",\"topics\":\"a\"}", "$.topics")]
    [InlineData("{\"type\":\"subscribe\",\"topics\":[1]}", "$.topics[0]")]
    [InlineData("{\"type\":\"subscribe\",\"topics\":[\"a\"],\"since\":\"x\"}", "EPOCH:OFFSET")]
    [InlineData("{\"type\":\"subscribe\",\"topics\":[\"a\"],\"since\":7}", "EPOCH:OFFSET")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"priority\":\"high\"}]}", "$.tasks[0].priority")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"max_attemps\":1}]}", "unknown field 'max_attemps'")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{}]}", "'title'")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"join\":\"any\"}]}", "$.tasks[0].join")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"join\":1}]}", "$.tasks[0].join")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"lease_ms\":1e400}]}", "$.tasks[0].lease_ms")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"lease_ms\":99999999999999999999}]}", "$.tasks[0].lease_ms")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"lease_ms\":1.5}]}", "$.tasks[0].lease_ms")]
    [InlineData("{\"type\":\"task.create\",\"tasks\":[{\"title\":\"t\",\"requires\":{\"a\":1,\"a\":0}}]}", "twice")]
    [InlineData("{\"type\":\"lease.renew\",\"leases\":[{\"task\":\"t\",\"attempt\":1}]}", "'token'")]
    [InlineData("{\"type\":\"lease.renew\",\"leases\":[{\"task\":null,\"attempt\":1,\"token\":1}]}", "null")]
    [InlineData("{\"type\":\"task.start\",\"task\":\"t\"}", "'attempt', 'token'")]
    [InlineData("{\"type\":\"hello\",\"protocols\":[\"waggle.v1\"],\"agent\":{}}", "'secret'")]
    public void An_error_names_the_field_and_the_rule_and_no_type_of_the_program(string frame, string says)
    {
        var error = Codec.Error(frame);
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        foreach (var inside in new[] { "Waggle", "System", ".NET", "ClientMessage", "TaskSpec", "LeaseRef", "deseriali" })
            Assert.DoesNotContain(inside, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void An_unknown_type_is_named_with_the_id_of_the_message()
    {
        var error = Codec.Error("""{"type":"task.explode","id":"9","x":1}""");
        Assert.Equal((ErrorCodes.UnknownType, "9"), (error.Code, error.Id));
        Assert.Contains("task.explode", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_long_type_or_field_does_not_make_a_very_long_error()
    {
        var name = new string('x', 100_000);
        Assert.True(Codec.Error($$"""{"type":"{{name}}"}""").Message.Length < 400);
        Assert.True(Codec.Error($$"""{"type":"echo","{{name}}":1}""").Message.Length < 800);
        Assert.True(Codec.Error($$"""{"type":"echo","id":"{{name}}"}""").Message.Length < 400);
    }

    [Fact]
    public void One_bad_message_in_an_array_does_not_spoil_the_others()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        var read = Codec.ReadClient($$"""
            [{"type":"echo","id":"1"}, 7, {"type":"nope","id":"2"}, {"type":"echo","id":"3","payload":{{deep}}},
             {"type":"echo","id":"4","x":1}, {"type":"echo","id":7}, {"type":"echo","id":"5"}]
            """);
        Assert.Equal(7, read.Count);
        Assert.Equal("1", Assert.IsType<Echo>(read[0]).Id);
        Assert.Equal("5", Assert.IsType<Echo>(read[6]).Id);
        Assert.Equal([null, "2", "3", "4", null], read[1..6].Select(r => Assert.IsType<ProtocolError>(r).Id));
    }

    [Fact]
    public void Where_an_array_breaks_off_what_came_before_counts()
    {
        var read = Codec.ReadClient("""[{"type":"echo","id":"1"},{"type":"echo","id":"2"},{"type":"ec""");
        Assert.Equal(3, read.Count);
        Assert.Equal(["1", "2"], read[..2].Select(r => Assert.IsType<Echo>(r).Id));
        Assert.Equal(ErrorCodes.MalformedMessage, Assert.IsType<ProtocolError>(read[2]).Code);
    }

    [Fact]
    public void A_frame_holds_a_thousand_messages_and_says_so_of_more()
    {
        var one = """{"type":"echo"}""";
        Assert.All(Codec.ReadClient($"[{string.Join(',', Enumerable.Repeat(one, Limits.MaxMessagesPerFrame))}]"), m => Assert.IsType<Echo>(m));
        var read = Codec.ReadClient($"[{string.Join(',', Enumerable.Repeat(one, Limits.MaxMessagesPerFrame + 5))}]");
        Assert.Equal(Limits.MaxMessagesPerFrame + 1, read.Count);
        Assert.Equal(ErrorCodes.TooLarge, Assert.IsType<ProtocolError>(read[^1]).Code);
    }

    [Fact]
    public void A_message_nested_too_deep_is_refused_with_its_id()
    {
        var deep = new string('[', Limits.MaxDepth) + new string(']', Limits.MaxDepth);
        var error = Codec.Error($$"""{"type":"echo","id":"deep","payload":{{deep}}}""");
        Assert.Equal((ErrorCodes.InvalidRequest, "deep"), (error.Code, error.Id));
        Assert.Equal(ErrorCodes.MalformedMessage, Codec.Error(new string('[', 500_000)).Code);
    }

    [Fact]
    public void An_empty_array_says_nothing() => Assert.Empty(Codec.ReadClient(" [ ] "));
}
