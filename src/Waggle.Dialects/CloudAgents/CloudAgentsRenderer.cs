using System.Collections.Frozen;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.CloudAgents;

/// <summary>Renders the records of <see cref="CloudAgentsMaps"/>, and no others.</summary>
internal sealed class CloudAgentsRenderer : IRenderer
{
    public static readonly CloudAgentsRenderer Instance = new();

    private static readonly FrozenDictionary<string, MessageMap[]> ByKind =
        CloudAgentsMaps.All.GroupBy(m => m.Kind, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    // The time of the last record that any client received; a gap follows it.
    private long _lastTicks;

    public void Render(Record record, IMessageWriter output)
    {
        if (!ByKind.TryGetValue(record.Kind, out var maps) || record.Typed() is not { } data) return;
        Volatile.Write(ref _lastTicks, record.At.UtcTicks);
        foreach (var map in maps)
        {
            if (map.Applies(data))
            {
                CloudAgentsFrames.Write(output, map.Message, record.At, (map, data, record), static (writer, s) => s.map.Write(writer, s.data, s.record));
            }
        }
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => CloudAgentsFrames.Notify(
        output, NotificationLevel.Warning, $"This client reads too slowly: {dropped} updates were left out.",
        new DateTimeOffset(Volatile.Read(ref _lastTicks), TimeSpan.Zero));

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }
}
