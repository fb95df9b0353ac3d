using BenchmarkDotNet.Attributes;
using Waggle.Transport.WebSockets;

namespace Waggle.Benchmarks.Transport;

/// <summary>
/// Decodes masked text frames of a client into messages and checks their UTF-8: whole reads, and reads that cut them anywhere. It must not allocate.
/// </summary>
public class CodecBenchmark : IDisposable
{
    private const int Frames = 32;
    private const uint Mask = 0x3d21fa37;

    private readonly MessageDecoder _decoder = new(1024 * 1024);
    private byte[] _read = [];

    [Params(100, 300, 4096)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Write()
    {
        using var bytes = new MemoryStream();
        for (var i = 0; i < Frames; i++)
        {
            var payload = new byte[Size];
            Array.Fill(payload, (byte)'a');
            var head = new byte[FrameHeader.MaxWritten];
            var length = FrameHeader.Write(head, Opcode.Text, Size);
            head[1] |= 0x80;
            bytes.Write(head, 0, length);
            bytes.Write(BitConverter.GetBytes(Mask));
            Masking.Copy(payload, payload, Mask);
            bytes.Write(payload);
        }

        _read = bytes.ToArray();
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public void Decode()
    {
        ReadOnlySpan<byte> bytes = _read;
        Check(DecodeAll(ref bytes));
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public void DecodeInReadsOf100Bytes()
    {
        ReadOnlySpan<byte> bytes = _read;
        var told = 0;
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(100, bytes.Length)];
            bytes = bytes[piece.Length..];
            told += DecodeAll(ref piece);
        }

        Check(told);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _decoder.Dispose();
        GC.SuppressFinalize(this);
    }

    private int DecodeAll(ref ReadOnlySpan<byte> bytes)
    {
        var told = 0;
        while (_decoder.Read(ref bytes).Kind == WireMessageKind.Text) told++;
        return told;
    }

    private static void Check(int told)
    {
        if (told != Frames) throw new InvalidOperationException($"{told} of {Frames} frames");
    }
}
