using System.Runtime.CompilerServices;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Shares the encodings of missed records: when many subscribers resume at the same time, each record is encoded once for each renderer instead of once for
/// each subscriber. A body stays in memory as long as its record, in the window or in a scan of the log. Thread-safe.
/// </summary>
public static class SharedBodies
{
    private static readonly ConditionalWeakTable<Record, Body> Bodies = [];

    /// <summary>Returns the record as encoded by a renderer.</summary>
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

        // Two threads may encode the record at the same time. Only one of the two bodies is kept.
        Bodies.AddOrUpdate(record, new Body(renderer, bytes, first));
        return bytes;
    }

    private sealed record Body(IRenderer Renderer, byte[] Bytes, Body? Next);
}
