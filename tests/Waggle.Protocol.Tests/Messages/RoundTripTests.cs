using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Messages;

public class RoundTripTests
{
    [Fact]
    public void Every_message_class_is_in_the_table_of_types_and_the_other_way_round()
    {
        Assert.Equal(MessageTypes.ClientTypes.Order(), AnyMessage.ClientTypes.Select(NameOf).Order());
        Assert.Equal(MessageTypes.HubTypes.Order(), AnyMessage.HubTypes.Select(NameOf).Order());

        static string NameOf(Type type) => AnyMessage.Make(type, new Gen(1)) is ClientMessage m ? m.Type : ((HubMessage)AnyMessage.Make(type, new Gen(1))).Type;
    }

    [Fact]
    public void What_a_client_writes_a_hub_reads() => Gen.ForAll(60, gen =>
    {
        foreach (var type in AnyMessage.ClientTypes)
        {
            var message = AnyMessage.Make(type, gen);
            var read = Assert.Single(Codec.ReadClient(Codec.Write(message)));
            Assert.Equal(AnyMessage.Show(message), AnyMessage.Show(read));
        }
    });

    [Fact]
    public void What_a_hub_writes_a_client_reads() => Gen.ForAll(60, gen =>
    {
        foreach (var type in AnyMessage.HubTypes)
        {
            var message = AnyMessage.Make(type, gen);
            var read = Assert.Single(Codec.ReadHub(Codec.Write(message)));
            Assert.Equal(AnyMessage.Show(message), AnyMessage.Show(read));
        }
    });

    [Fact]
    public void A_frame_of_many_gives_them_in_their_order() => Gen.ForAll(40, gen =>
    {
        var messages = gen.List(1, 30, () => AnyMessage.Make(gen.Pick([.. AnyMessage.ClientTypes]), gen));
        var read = Codec.ReadClient(Codec.Array(messages.Select(Codec.Write)));
        Assert.Equal(messages.Select(AnyMessage.Show), read.Select(AnyMessage.Show));
    });

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        var hello = Assert.IsType<Hello>(Assert.Single(Codec.ReadClient("""{"type":"hello","protocols":[],"agent":{"secret":"s"}}""")));
        Assert.Equal((1, false), (hello.Agent!.Slots, hello.Batch));
        var fail = Assert.IsType<TaskFail>(Assert.Single(Codec.ReadClient("""{"type":"task.fail","task":"t","attempt":1,"token":1,"error":{"code":"X","message":"x"}}""")));
        Assert.True(fail.Retryable);
        var create = Assert.IsType<TaskCreate>(Assert.Single(Codec.ReadClient("""{"type":"task.create","tasks":[{"title":"t"}]}""")));
        Assert.Equal(new Waggle.Protocol.Model.TaskSpec { Title = "t" }, create.Tasks[0]);
    }

    [Fact]
    public void A_payload_as_deep_as_a_message_may_be_comes_back_through_the_hub()
    {
        var deep = new string('[', Limits.MaxDepth - 1) + new string(']', Limits.MaxDepth - 1);
        var echo = Assert.IsType<Echo>(Assert.Single(Codec.ReadClient($$"""{"type":"echo","id":"1","payload":{{deep}}}""")));
        Assert.Equal(deep, echo.Payload.ToString());

        var page = """{"type":"reply","id":"1","result":{"tasks":[{"spec":{"input":DEEP}}]}}""".Replace("DEEP", deep, StringComparison.Ordinal);
        var reply = Assert.IsType<Reply>(Assert.Single(Codec.ReadHub(System.Text.Encoding.UTF8.GetBytes(page))));
        Assert.Equal(System.Text.Json.JsonValueKind.Object, reply.Result.ToElement().ValueKind);
    }

    [Fact]
    public void What_a_newer_hub_says_beyond_this_version_is_passed_over()
    {
        Assert.Empty(Codec.ReadHub("""{"type":"weather","wind":3}"""u8));
        var gap = Assert.IsType<Gap>(Assert.Single(Codec.ReadHub("""{"type":"gap","from":"1:2","to":"1:3","dropped":1,"because":"x"}"""u8)));
        Assert.Equal(1, gap.Dropped);
    }
}
