using System.Text;
using Waggle.Delivery.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class ConnectionWriterTests
{
    private static readonly byte[] Hello = [0x81, 5, .. "hello"u8];

    private readonly MemoryWire _wire = new();
    private readonly Outbox _outbox = new(new OutboxLimits { MaxDroppable = 2 });
    private readonly ConnectionRecorder _events = new();
    private readonly CloseSequence _close;
    private readonly ConnectionWriter _writer;

    public ConnectionWriterTests()
    {
        _close = new CloseSequence(_wire, _outbox, new FakeTime(), _events);
        _writer = new ConnectionWriter(_wire, _outbox, _close, DeliveryMetrics.Unread, new PlainRenderer(), _events);
    }

    [Fact]
    public void A_flush_writes_the_outbox_on_the_callers_thread_and_counts()
    {
        Add("one", "two");
        _writer.Flush();
        Assert.Equal(["one", "two"], _wire.Now());
        Assert.Equal((2, 10), (_writer.Messages, _writer.Bytes));
        Assert.False(_writer.IsWriting);
        Assert.False(_writer.IsBlocked);
    }

    [Fact]
    public async Task A_flush_soon_writes_on_another_thread()
    {
        Add("one");
        _writer.FlushSoon();
        Assert.Equal("one", await _wire.NextAsync());
    }

    [Fact]
    public async Task A_client_that_accepts_nothing_blocks_the_writer_and_not_the_caller()
    {
        _wire.Block();
        Add("one");
        _writer.Flush();
        Assert.True(_writer.IsBlocked);
        Add("two");
        _writer.Flush();
        Assert.Equal(1, _outbox.Count);
        var writable = _writer.WhenWritableAsync();
        _wire.Unblock();
        Assert.Equal(["one", "two"], [await _wire.NextAsync(), await _wire.NextAsync()]);
        await writable.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public void Frames_that_bypass_the_outbox_are_sent_at_once()
    {
        Assert.True(_writer.TryWrite(Hello, 1));
        Assert.Equal(["hello"], _wire.Now());
        Assert.Equal((1, Hello.Length), (_writer.Messages, _writer.Bytes));
    }

    [Fact]
    public async Task Frames_do_not_bypass_messages_that_wait()
    {
        Add("first");
        Assert.False(_writer.TryWrite(Hello, 1));
        Assert.Equal("first", await _wire.NextAsync());
        await Eventually.Async(() => _writer.TryWrite(Hello, 1), "the outbox to be empty");
        Assert.Equal("hello", await _wire.NextAsync());
    }

    [Fact]
    public void A_broken_wire_is_an_error_for_the_caller_that_bypasses_the_outbox()
    {
        _wire.Abort();
        Assert.Throws<IOException>(() => _writer.TryWrite(Hello, 1));
        Assert.Equal(1, _events.Ended);
    }

    [Fact]
    public async Task The_close_follows_all_messages_that_waited_and_finishes_the_sequence()
    {
        Add("one");
        _close.TryBegin(new(4002, "stopping"), new TextMessage("bye"), discard: false);
        _writer.Flush();
        Assert.Equal((4002, "stopping"), await _wire.ClosedWith);
        Assert.Equal(["one", "bye"], _wire.Now());
        Assert.True(_close.Completion.IsCompleted);
        Assert.Equal(1, _events.Ended);
        Assert.False(_writer.TryWrite(Hello, 1));
    }

    [Fact]
    public void The_check_before_a_write_may_close_and_discard()
    {
        Add("secret");
        _events.BeforeWrite = () => _close.TryBegin(new(4005, "expired"), new TextMessage("bye"), discard: true);
        _writer.Flush();
        Assert.Equal(["bye"], _wire.Now());
    }

    [Fact]
    public void A_message_that_cannot_be_encoded_is_reported_and_the_frames_before_it_are_sent()
    {
        Add("one");
        _outbox.TryAddKept(Entry.Message(new NoWords()));
        _writer.Flush();
        Assert.IsType<InvalidOperationException>(_events.Fault);
        Assert.Equal(["one"], _wire.Now());
    }

    [Fact]
    public void A_client_that_caught_up_after_a_loss_is_reported_with_the_number_of_records()
    {
        for (var i = 1; i <= 5; i++)
            _outbox.AddDroppable(Entry.Record(new EncodedMessage(Encoding.UTF8.GetBytes($"{i}"), new(1, i), "t", Protocol.Records.RecordClass.Stream)));
        _writer.Flush();
        Assert.Equal(["G 1 3 3", "4", "5"], _wire.Now());
        Assert.Equal(3, _events.Dropped);
    }

    [Fact]
    public void Nothing_is_written_after_the_wire_broke()
    {
        Add("one");
        _wire.Abort();
        _writer.Flush();
        _writer.Flush();
        Assert.Equal((1, 0), (_events.Ended, _outbox.Count));
    }

    private void Add(params string[] texts)
    {
        foreach (var text in texts) _outbox.TryAddKept(Entry.Message(new TextMessage(text)));
    }
}
