using System.Runtime.CompilerServices;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// What was missed, in words: when many come back at once from nearby positions, each record is put into words once for each form and not for each of them.
/// A body lives as long as its record does in the window or in a scan of the log. Thread-safe.
/// </summary>
public static class SharedBodies
{
    private static readonly ConditionalWeakTable<Record, Body> Bodies = [];

    /// <summary>The record as this renderer says it.</summary>
    public static ReadOnlySpan<byte> Of(Record record, IRenderer renderer)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(renderer);
        Bodies.TryGetValue(record, out var first);
        for (var body = first; body is not null; body = body.Next)
        {
            if (ReferenceEquals(body.Renderer, renderer)) return body.Bytes;
        }

        var output = new MessageBuffer(record.Data.Length + 256);
        renderer.Render(record, output);
        var bytes = output.Written.ToArray();

        // Two at the same moment may both do it; one of them is forgotten.
        Bodies.AddOrUpdate(record, new Body(renderer, bytes, first));
        return bytes;
    }

    private sealed record Body(IRenderer Renderer, byte[] Bytes, Body? Next);
}
