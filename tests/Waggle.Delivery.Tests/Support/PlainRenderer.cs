using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Waggle.Protocol;

namespace Waggle.Delivery.Tests.Support;

/// <summary>Renders a record as <c>R OFFSET TOPIC DATA</c>, a gap as <c>G FROM TO COUNT</c>, a position as <c>P POSITION</c>, and counts the calls.</summary>
internal sealed class PlainRenderer : IRenderer
{
    public ConcurrentDictionary<Record, int> Rendered { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The kind of records that cannot be rendered.</summary>
    public string? Unspeakable { get; init; }

    public void Render(Record record, IMessageWriter output)
    {
        Rendered.AddOrUpdate(record, 1, (_, n) => n + 1);
        if (record.Kind == Unspeakable) throw new InvalidOperationException("no words for it");
        Say(output, $"R {record.Position.Offset} {record.Topic} {Encoding.UTF8.GetString(record.Data.Span)}");
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => Say(output, $"G {from.Offset} {to.Offset} {dropped}");

    public void RenderPosition(Position position, IMessageWriter output) => Say(output, $"P {position}");

    public static void Say(IBufferWriter<byte> output, string text) => output.Write(Encoding.UTF8.GetBytes(text));
}

internal sealed class TextMessage(string text) : IDeferred
{
    public void Write(IMessageWriter output) => PlainRenderer.Say(output, text);
}

internal sealed class Goodbye : IFarewell
{
    public IDeferred Farewell(int code, string reason) => new TextMessage($"bye {code}");
}

internal sealed class NoWords : IDeferred
{
    public void Write(IMessageWriter output) => throw new InvalidOperationException("no words for it");
}
