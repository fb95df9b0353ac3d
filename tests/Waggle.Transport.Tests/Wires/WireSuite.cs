using System.Buffers;
using System.IO.Pipelines;
using Waggle.TestKit;

namespace Waggle.Transport.Tests.Wires;

/// <summary>The tests that every wire passes.</summary>
public abstract class WireSuite
{
    private protected abstract Task<Ends> OpenAsync();

    [Fact]
    public async Task Bytes_arrive_whole_and_in_order_whatever_is_taken_at_once()
    {
        await using var ends = await OpenAsync();
        var gen = new Gen(7);
        var bytes = new byte[3_000_000];
        gen.Dice.NextBytes(bytes);
        var reading = ends.ReadAsync(bytes.Length);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(gen.Pick(1, 100, gen.Int(1, 200_000)), bytes.Length - at);
            var taken = ends.Wire.TrySend(bytes.AsSpan(at, count));
            Assert.InRange(taken, 0, count);
            if (taken < count) await ends.Wire.SendAsync(bytes.AsMemory(at + taken, count - taken)).AsTask().WaitAsync(Eventually.Patience);
            at += count;
        }

        AssertSame(bytes, await reading);
    }

    [Fact]
    public async Task To_a_client_that_does_not_read_it_says_how_much_it_took_and_never_blocks()
    {
        await using var ends = await OpenAsync();
        var taken = await Eventually.Get(Task.Run(ends.Fill), "the end of sending");
        Assert.NotEmpty(taken);
        AssertSame(taken, await ends.ReadAsync(taken.Length));
    }

    [Fact]
    public async Task What_has_no_room_waits_for_it()
    {
        await using var ends = await OpenAsync();
        var taken = await Eventually.Get(Task.Run(ends.Fill), "the end of sending");
        var rest = new byte[5_000_000];
        new Random(2).NextBytes(rest);
        var sending = ends.Wire.SendAsync(rest).AsTask();
        Assert.False(sending.IsCompleted);
        byte[] all = [.. taken, .. rest];
        AssertSame(all, await ends.ReadAsync(all.Length));
        await sending.WaitAsync(Eventually.Patience);

        // And then there is room again.
        await Eventually.Async(() => ends.Wire.TrySend("x"u8) == 1, "room");
        Assert.Equal("x"u8.ToArray(), await ends.ReadAsync(1));
    }

    [Fact]
    public async Task Who_is_gone_is_an_IOException_on_every_road()
    {
        await using var ends = await OpenAsync();
        ends.Break();
        await Assert.ThrowsAnyAsync<IOException>(() => Eventually.Async(() => ends.Wire.TrySend(new byte[1000]) < 0, "an exception"));
        Assert.ThrowsAny<IOException>(() => ends.Wire.TrySend("x"u8));
        await Assert.ThrowsAnyAsync<IOException>(() => ends.Wire.SendAsync("x"u8.ToArray()).AsTask().WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task A_send_that_waits_fails_when_the_client_goes()
    {
        await using var ends = await OpenAsync();
        await Eventually.Get(Task.Run(ends.Fill), "the end of sending");
        var sending = ends.Wire.SendAsync(new byte[5_000_000]).AsTask();
        ends.Break();
        await Assert.ThrowsAnyAsync<IOException>(() => sending.WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task An_abort_ends_a_read_and_a_send_that_wait()
    {
        await using var ends = await OpenAsync();
        await Eventually.Get(Task.Run(ends.Fill), "the end of sending");
        var sending = ends.Wire.SendAsync(new byte[5_000_000]).AsTask();
        var reading = EndAsync(ends.Wire.Input);
        Assert.False(sending.IsCompleted || reading.IsCompleted);
        await Task.Run(ends.Wire.Abort);
        await Assert.ThrowsAnyAsync<IOException>(() => sending.WaitAsync(Eventually.Patience));
        await reading.WaitAsync(Eventually.Patience);
        ends.Wire.Abort();
    }

    [Fact]
    public async Task What_was_handed_over_leaves_before_the_end()
    {
        await using var ends = await OpenAsync();
        var bytes = new byte[20_000];
        new Random(3).NextBytes(bytes);
        Assert.Equal(bytes.Length, ends.Wire.TrySend(bytes));
        var disposing = ends.Wire.DisposeAsync().AsTask();
        AssertSame(bytes, await ends.ReadAsync(bytes.Length));
        Assert.Empty(await ends.ReadAsync(1));
        await disposing.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task What_the_client_sends_is_read_to_its_end()
    {
        await using var ends = await OpenAsync();
        var bytes = new byte[300_000];
        new Random(4).NextBytes(bytes);
        var reading = ReadToEndAsync(ends.Wire.Input);
        foreach (var part in bytes.Chunk(7777)) await ends.Client.WriteAsync(part);
        ends.Finish();
        AssertSame(bytes, await Eventually.Get(reading, "the end"));
    }

    [Fact]
    public async Task Both_ways_go_at_the_same_time()
    {
        await using var ends = await OpenAsync();
        var bytes = new byte[1_000_000];
        new Random(5).NextBytes(bytes);
        var there = ReadToEndAsync(ends.Wire.Input, bytes.Length);
        var back = ends.ReadAsync(bytes.Length);
        var writing = ends.Client.WriteAsync(bytes).AsTask();
        await ends.Wire.SendAsync(bytes).AsTask().WaitAsync(Eventually.Patience);
        await writing.WaitAsync(Eventually.Patience);
        AssertSame(bytes, await Eventually.Get(there, "what was sent"));
        AssertSame(bytes, await back);
    }

    // Megabytes that differ are no help in a report.
    private static void AssertSame(byte[] expected, byte[] got) => Assert.True(expected.AsSpan().SequenceEqual(got), $"{expected.Length} and {got.Length} bytes are not the same.");

    private static async Task<byte[]> ReadToEndAsync(PipeReader input, int enough = int.MaxValue)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (bytes.WrittenCount < enough)
        {
            var read = await input.ReadAsync();
            foreach (var piece in read.Buffer) bytes.Write(piece.Span);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        return bytes.WrittenSpan.ToArray();
    }

    // To a reader it is all the same how it ended.
    private static async Task EndAsync(PipeReader input)
    {
        try
        {
            while (await input.ReadAsync() is { IsCompleted: false, IsCanceled: false } read) input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            return;
        }
    }
}
