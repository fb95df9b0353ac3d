using System.Text;
using System.Text.Json;
using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class ConnectionTests
{
    private readonly FakeTime _time = new();
    private readonly MemoryWire _wire = new();

    [Fact]
    public async Task Messages_of_many_senders_arrive_complete_and_in_the_order_of_each_sender()
    {
        await using var connection = Start();
        const int Senders = 8, Each = 500;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                connection.Send(new TextMessage($"{s}:{i}"));
                if (i % 50 == 0) await Task.Yield();
            }
        })));

        var next = new int[Senders];
        for (var i = 0; i < Senders * Each; i++)
        {
            var parts = (await _wire.NextAsync()).Split(':');
            Assert.Equal(next[int.Parse(parts[0])]++, int.Parse(parts[1]));
        }
    }

    [Fact]
    public async Task A_client_that_accepts_arrays_receives_waiting_messages_in_few_frames()
    {
        await using var connection = Start(batch: true);
        _wire.Block();
        for (var i = 0; i < 2501; i++) connection.Send(Encoding.UTF8.GetBytes($"{{\"i\":{i}}}"));
        _wire.Unblock();

        var seen = new List<int>();
        var frames = 0;
        while (seen.Count < 2501)
        {
            using var frame = JsonDocument.Parse(await _wire.NextAsync());
            frames++;
            var items = frame.RootElement.ValueKind == JsonValueKind.Array ? frame.RootElement.EnumerateArray().ToArray() : [frame.RootElement];
            Assert.InRange(items.Length, 1, Limits.MaxMessagesPerFrame);
            seen.AddRange(items.Select(m => m.GetProperty("i").GetInt32()));
        }

        Assert.Equal(Enumerable.Range(0, 2501), seen);
        Assert.InRange(frames, 3, 5);
    }

    [Fact]
    public async Task Frames_with_many_messages_have_a_limited_size()
    {
        await using var connection = Start(batch: true);
        _wire.Block();
        var body = Encoding.UTF8.GetBytes($"\"{new string('x', 100_000)}\"");
        for (var i = 0; i < 20; i++) connection.Send(body);
        _wire.Unblock();
        var count = 0;
        while (count < 20)
        {
            var frame = await _wire.NextAsync();
            Assert.True(frame.Length < 400_000);
            using var json = JsonDocument.Parse(frame);
            count += json.RootElement.ValueKind == JsonValueKind.Array ? json.RootElement.GetArrayLength() : 1;
        }
    }

    [Fact]
    public async Task A_close_sends_the_queue_then_the_farewell_then_the_first_reason()
    {
        await using var connection = Start();
        _wire.Block();
        connection.Send(new TextMessage("one"));
        connection.Send(new TextMessage("two"));
        connection.Close(CloseCodes.Draining, "stopping");
        connection.Close(CloseCodes.InternalError, "later");
        connection.Send(new TextMessage("too late"));
        _wire.Unblock();

        Assert.Equal((CloseCodes.Draining, "stopping"), await _wire.ClosedWith);
        Assert.Equal(["one", "two", "bye 4002"], [await _wire.NextAsync(), await _wire.NextAsync(), await _wire.NextAsync()]);
        Assert.False(_wire.TryNext(out _));
        await connection.Completion;
        Assert.False(_wire.IsAborted);
    }

    [Fact]
    public async Task A_client_that_never_reads_is_aborted_some_seconds_after_its_close()
    {
        await using var connection = Start();
        _wire.Block();
        connection.Send(new TextMessage("one"));
        connection.Close(CloseCodes.Draining, "stopping");
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(_wire.IsAborted);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _wire.Aborted;
        await connection.Completion.WaitAsync(Eventually.Patience);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_close_is_closed_in_order_and_only_then_aborted()
    {
        await using var connection = Start();
        var reading = _wire.Input.ReadAsync().AsTask();
        connection.Close(CloseCodes.Draining, "stopping");
        await _wire.ClosedWith;
        await connection.Completion.WaitAsync(Eventually.Patience);
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await reading.WaitAsync(Eventually.Patience)).IsCanceled);
        Assert.False(_wire.IsAborted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _wire.Aborted;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_TCP_follows_the_close_of_a_violation_at_once(bool blocked)
    {
        await using var connection = Start();
        if (blocked) _wire.Block();
        connection.Fail(1002, "A frame of a client is masked.");
        if (blocked) Assert.False(_wire.HasEnded);
        _wire.Unblock();
        Assert.Equal(1002, (await _wire.ClosedWith).Code);
        await Eventually.Async(() => _wire.HasEnded, "the end of TCP");
        Assert.False(_wire.IsAborted);
    }

    [Fact]
    public async Task Too_many_unread_replies_end_the_connection_and_free_their_memory()
    {
        await using var connection = Start(new OutboxLimits { MaxKept = 100 });
        _wire.Block();
        for (var i = 0; i < 300; i++) connection.Send(new TextMessage($"{i}"));
        _wire.Unblock();
        Assert.Equal(CloseCodes.SlowConsumer, (await _wire.ClosedWith).Code);
        var frames = await _wire.UntilAsync(f => f.StartsWith("bye", StringComparison.Ordinal));
        Assert.Equal("bye 4001", frames[^1]);
        Assert.True(frames.Count < 110);
    }

    [Fact]
    public async Task A_message_that_cannot_be_encoded_ends_the_connection_with_an_internal_error()
    {
        await using var connection = Start();
        connection.Send(new TextMessage("one"));
        connection.Send(new NoWords());
        Assert.Equal(CloseCodes.InternalError, (await _wire.ClosedWith).Code);
        await connection.Completion.WaitAsync(Eventually.Patience);
        Assert.IsType<InvalidOperationException>(connection.Fault);
        Assert.Equal("one", await _wire.NextAsync());
    }

    [Fact]
    public async Task A_broken_wire_ends_only_the_writer()
    {
        var connection = Start();
        _wire.Abort();
        connection.Send(new TextMessage("one"));
        await connection.Completion.WaitAsync(Eventually.Patience);
        Assert.Null(connection.Fault);
        await connection.DisposeAsync();
        connection.Send(new TextMessage("after the end"));
        connection.Close(1000, "");
        connection.Flush();
        connection.Flush();
    }

    private Connection Start(OutboxLimits? limits = null, bool batch = false)
    {
        var connection = new Connection("c", _wire, new PlainRenderer(), limits ?? new OutboxLimits(), _time)
        {
            Batch = batch,
            Farewell = new Goodbye(),
        };
        connection.Start();
        return connection;
    }
}
