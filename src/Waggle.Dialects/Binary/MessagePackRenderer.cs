using System.Collections.Concurrent;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Binary;

/// <summary>
/// The form of a renderer in MessagePack. Each renderer has one, so that a record is converted once for all connections of a dialect with this form.
/// </summary>
internal class MessagePackRenderer : IRenderer
{
    private static readonly ConcurrentDictionary<IRenderer, MessagePackRenderer> Known = [];

    private readonly IRenderer _json;

    private MessagePackRenderer(IRenderer json) => _json = json;

    public static MessagePackRenderer Of(IRenderer json) =>
        Known.GetOrAdd(json, static json => json is INumberingRenderer numbering ? new Numbering(numbering) : new MessagePackRenderer(json));

    public string KeyOf(Record record) => _json.KeyOf(record);

    public void Render(Record record, IMessageWriter output) => Converted.Write(output, (_json, record), static (json, s) => s._json.Render(s.record, json));

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) =>
        Converted.Write(output, (_json, from, to, dropped), static (json, s) => s._json.RenderGap(s.from, s.to, s.dropped, json));

    public void RenderPosition(Position position, IMessageWriter output) =>
        Converted.Write(output, (_json, position), static (json, s) => s._json.RenderPosition(s.position, json));

    private sealed class Numbering(INumberingRenderer json) : MessagePackRenderer(json), INumberingRenderer
    {
        string INumberingRenderer.Numbering => json.Numbering;

        public void Render(Record record, ITopicNumbers numbers, IMessageWriter output) =>
            Converted.Write(output, (json, record, numbers), static (output, s) => s.json.Render(s.record, s.numbers, output));
    }
}
