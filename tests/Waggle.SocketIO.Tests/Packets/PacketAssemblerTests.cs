using System.Text;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO.Tests.Packets;

public class PacketAssemblerTests
{
    private readonly PacketAssembler _assembler = new(maxAttachments: 2);

    [Fact]
    public void A_packet_without_attachments_is_complete_at_once()
    {
        Assert.Null(_assembler.AddText("2[\"a\"]"u8.ToArray(), out var packet));
        Assert.Equal(PacketType.Event, packet!.Value.Type);
        Assert.Null(_assembler.AddText("50-[\"a\"]"u8.ToArray(), out packet));
        Assert.NotNull(packet);
        Assert.Equal(0, _assembler.WaitsForAttachments());
    }

    [Fact]
    public void A_packet_is_complete_with_its_last_attachment_and_shares_no_memory_with_the_caller()
    {
        var text = Placeholders(2);
        Assert.Null(_assembler.AddText(text, out var packet));
        Assert.Null(packet);
        Array.Clear(text);
        byte[] bytes = [1];
        Assert.Null(_assembler.AddBinary(bytes, out packet, out _));
        Assert.Null(packet);
        bytes[0] = 9;
        Assert.Null(_assembler.AddBinary(new byte[] { 2 }, out packet, out var attachments));
        Assert.StartsWith("[\"a\",", Encoding.UTF8.GetString(packet!.Value.Json.Span), StringComparison.Ordinal);
        Assert.Equal([[1], [2]], attachments.Select(a => a.ToArray()));
    }

    [Fact]
    public void The_number_of_waits_begins_with_the_packet()
    {
        Assert.Equal(0, _assembler.WaitsForAttachments());
        for (var i = 0; i < 2; i++)
        {
            _assembler.AddText(Placeholders(1), out _);
            Assert.Equal([1, 2], [_assembler.WaitsForAttachments(), _assembler.WaitsForAttachments()]);
            _assembler.AddBinary(new byte[1], out _, out _);
            Assert.Equal(0, _assembler.WaitsForAttachments());
        }
    }

    [Fact]
    public void Messages_out_of_order_are_errors()
    {
        Assert.NotNull(_assembler.AddBinary(new byte[1], out _, out _));
        _assembler.AddText(Placeholders(1), out _);
        Assert.NotNull(_assembler.AddText("2[\"a\"]"u8.ToArray(), out _));
    }

    [Fact]
    public void An_invalid_packet_is_an_error() => Assert.NotNull(_assembler.AddText(Placeholders(3), out _));

    private static byte[] Placeholders(int count)
    {
        var arguments = string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"_placeholder\":true,\"num\":{i}}}"));
        return Encoding.UTF8.GetBytes($"5{count}-[\"a\",{arguments}]");
    }
}
