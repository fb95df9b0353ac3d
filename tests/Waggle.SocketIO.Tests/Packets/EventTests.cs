using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO.Tests.Packets;

public sealed class EventTests
{
    private static readonly JsonSerializerOptions Json = BinaryJson.With(new(JsonSerializerDefaults.Web));
    private static readonly byte[] Main = "/"u8.ToArray();

    [Fact]
    public void Arguments_are_written_as_JavaScript_writes_them() => Assert.Equal(
        ["""42["a",1,"é<\"",null,true,{"name":"x","count":2},[1,2]]"""],
        Write("a", 1, "é<\"", null, true, new { Name = "x", Count = 2 }, new[] { 1, 2 }));

    [Fact]
    public void Raw_JSON_is_sent_unchanged() => Assert.Equal(["""42["a",{"b" : 1}]"""], Write("a", RawJson.Parse("""{"b" : 1}""")));

    [Fact]
    public void Bytes_at_any_depth_are_sent_as_attachments() => Assert.Equal(
        ["""453-["a",{"_placeholder":true,"num":0},{"deep":[{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":2}]""", "AQI=", "Aw==", ""],
        Write("a", new byte[] { 1, 2 }, new { Deep = new[] { new ReadOnlyMemory<byte>([3]) } }, Array.Empty<byte>()));

    [Fact]
    public void A_namespace_an_id_and_an_offset_have_their_places()
    {
        var content = EventWriter.Event("a", [1], Json);
        Assert.Equal(["""42/n,7["a",1]"""], Texts(PacketFrames.Write(PacketType.Event, "/n"u8.ToArray(), 7, content).Body));
        Assert.Equal(["""42["a",1,"12"]"""], Texts(PacketFrames.Write(PacketType.Event, Main, null, content, "12"u8).Body));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    [InlineData(70_000)]
    public void Frames_have_the_header_of_their_length(int length)
    {
        var text = new string('x', length);
        Assert.Equal([$"42[\"a\",\"{text}\"]"], Write("a", text));
    }

    [Fact]
    public void Received_arguments_are_sent_again_unchanged()
    {
        var came = new EventArguments("""["in" , 1.50, {"_placeholder":true,"num":0} ]"""u8.ToArray(), 1, [new byte[] { 9 }], Json);
        Assert.Equal(["""451-["out",1.50, {"_placeholder":true,"num":0} ]""", "CQ=="], Texts(PacketFrames.Write(PacketType.Event, Main, null, EventWriter.Event("out", came)).Body));
        Assert.Equal(["""461-3[1.50, {"_placeholder":true,"num":0} ]""", "CQ=="], Texts(PacketFrames.Write(PacketType.Ack, Main, 3, EventWriter.Ack(came)).Body));
        var nothing = new EventArguments("""["in"]"""u8.ToArray(), 1, [], Json);
        Assert.Equal(["""42["out"]"""], Texts(PacketFrames.Write(PacketType.Event, Main, null, EventWriter.Event("out", nothing)).Body));
    }

    [Fact]
    public void Arguments_are_parsed_when_they_are_read()
    {
        var args = new EventArguments("""["e",1,{"name":"x","blob":{"_placeholder":true,"num":0}},[[]],"z"]"""u8.ToArray(), 1, [new byte[] { 1, 2 }], Json);
        Assert.Equal(4, args.Count);
        Assert.Equal(1, args.Get<int>(0));
        Assert.Equal(("x", "AQI="), (args.Get<Sample>(1)!.Name, Convert.ToBase64String(args.Get<Sample>(1)!.Blob)));
        Assert.Equal("[[]]", args.Raw(2).ToString());
        Assert.Equal("z", args.Get<string>(3));
        Assert.Equal((0, null, true), (args.Get<int>(4), args.Get<string>(4), args.Raw(4).IsNull));
        Assert.Throws<JsonException>(() => args.Get<int>(3));
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("[1]", 1)]
    [InlineData("[[1,2],{\"a\":[3]}]", 2)]
    public void Acknowledgements_have_no_event_name(string json, int count)
    {
        var args = new EventArguments(Encoding.UTF8.GetBytes(json), 0, [], Json);
        Assert.Equal(count, args.Count);
        Assert.Equal(json, args.ToString());
    }

    private static string[] Write(string name, params object?[] args) => Texts(PacketFrames.Write(PacketType.Event, Main, null, EventWriter.Event(name, args, Json)).Body);

    // Text as it is, bytes as base64.
    private static string[] Texts(ReadOnlyMemory<byte> body)
    {
        var all = new List<string>();
        var frames = body.Span;
        while (!frames.IsEmpty)
        {
            var packet = EngineFrames.Next(ref frames, out var isBinary);
            all.Add(isBinary ? Convert.ToBase64String(packet) : Encoding.UTF8.GetString(packet));
        }

        return [.. all];
    }

    private sealed record Sample(string Name, byte[] Blob);
}
