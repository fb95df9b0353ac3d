using System.IO.Pipelines;
using Waggle.Transport.Wires;

namespace Waggle.Benchmarks.Delivery;

/// <summary>A client that takes all data at once, so that only the hub's own work is measured.</summary>
internal sealed class NoWire : Wire
{
    public static readonly NoWire Instance = new();

    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public override string RemoteAddress => "";

    public override PipeReader Input => PipeReader.Create(Stream.Null);

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes.Length);
        return bytes.Length;
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => default;

    public override void Abort()
    {
    }

    public override ValueTask DisposeAsync() => default;
}
