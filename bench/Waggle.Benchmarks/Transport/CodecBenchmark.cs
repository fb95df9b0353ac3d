using System.Diagnostics;
using System.Globalization;
using Waggle.Transport.WebSockets;

namespace Waggle.Benchmarks.Transport;

/// <summary>Masked frames of a client turned into messages, and masks taken off: time and allocation, medians of rounds.</summary>
internal static class CodecBenchmark
{
    private const int Rounds = 15;
    private const int FramesARead = 32;
    private const uint Mask = 0x3d21fa37;

    public static Task Run(string[] args)
    {
        var size = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 300;
        using var decoder = new MessageDecoder(1024 * 1024);
        var read = Frames(size);
        Measure($"decode a text frame of {size} bytes, {FramesARead} a read", FramesARead, size, 2_000_000 / FramesARead, () => Decode(decoder, read));
        Measure($"decode the same, cut in reads of 100 bytes", FramesARead, size, 500_000 / FramesARead, () => DecodeInPieces(decoder, read));
        foreach (var bytes in new[] { 1024, 64 * 1024 })
        {
            var (from, to) = (new byte[bytes], new byte[bytes]);
            Measure($"unmask {bytes / 1024} KB", 1, bytes, 1_000_000_000 / bytes, () => Masking.Copy(from, to, Mask));
        }

        return Task.CompletedTask;
    }

    private static void Measure(string what, int messages, int bytes, int times, Action work)
    {
        for (var i = 0; i < times / 4; i++) work();
        var nanoseconds = new double[Rounds];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < times / Rounds; i++) work();
            nanoseconds[round] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / (times / Rounds) / messages;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Array.Sort(nanoseconds);
        var median = nanoseconds[Rounds / 2];
        Console.WriteLine($"{what,-55} {median,9:F1} ns, {bytes / median,6:F2} GB/s, {(double)allocated / (times / Rounds * Rounds) / messages:F3} B allocated");
    }

    private static void Decode(MessageDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        var told = 0;
        while (decoder.Read(ref bytes).Kind == WireMessageKind.Text) told++;
        if (told != FramesARead) throw new InvalidOperationException($"{told} of {FramesARead} frames");
    }

    private static void DecodeInPieces(MessageDecoder decoder, ReadOnlySpan<byte> bytes)
    {
        var told = 0;
        while (bytes.Length > 0)
        {
            var piece = bytes[..Math.Min(100, bytes.Length)];
            bytes = bytes[piece.Length..];
            while (decoder.Read(ref piece).Kind == WireMessageKind.Text) told++;
        }

        if (told != FramesARead) throw new InvalidOperationException($"{told} of {FramesARead} frames");
    }

    private static byte[] Frames(int size)
    {
        using var bytes = new MemoryStream();
        for (var i = 0; i < FramesARead; i++)
        {
            var payload = new byte[size];
            Array.Fill(payload, (byte)'a');
            var head = new byte[FrameHeader.MaxWritten];
            var length = FrameHeader.Write(head, Opcode.Text, size);
            head[1] |= 0x80;
            bytes.Write(head, 0, length);
            bytes.Write(BitConverter.GetBytes(Mask));
            Masking.Copy(payload, payload, Mask);
            bytes.Write(payload);
        }

        return bytes.ToArray();
    }
}
