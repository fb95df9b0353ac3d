using BenchmarkDotNet.Attributes;
using Waggle.Transport.WebSockets;

namespace Waggle.Benchmarks.Transport;

/// <summary>Removes a mask while it copies bytes.</summary>
public class MaskingBenchmark
{
    private byte[] _from = [];
    private byte[] _to = [];

    [Params(1024, 64 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill() => (_from, _to) = (new byte[Bytes], new byte[Bytes]);

    [Benchmark]
    public void Unmask() => Masking.Copy(_from, _to, 0x3d21fa37);
}
