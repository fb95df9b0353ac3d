using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>The form of a channel: it renders the records of the channel's rows, with the channel's name. All its subscribers share the bodies.</summary>
internal sealed class ChannelForm(Channel channel) : IRenderer
{
    private readonly string _key = $"{channel.Name}\n";

    public string KeyOf(Record record) => _key + record.Topic;

    public void Render(Record record, IMessageWriter output) => Render(channel, channel.Name, record, output);

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => ClaudeZenRenderer.Instance.RenderGap(from, to, dropped, output);

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }

    public static void Render(Channel channel, string name, Record record, IMessageWriter output)
    {
        if (!channel.ByKind.TryGetValue(record.Kind, out var rows) || record.Typed() is not { } data) return;
        foreach (var row in rows)
        {
            if (!row.Applies(data)) continue;
            ClaudeZenRenderer.Instance.Rendered(record);
            ClaudeZenFrames.Write(output, row.Message, record.At, (row, data, record), static (writer, s) => s.row.Write(writer, s.data, s.record), name);
        }
    }
}
