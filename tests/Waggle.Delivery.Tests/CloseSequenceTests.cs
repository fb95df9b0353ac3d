using Waggle.Delivery.Tests.Support;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class CloseSequenceTests
{
    private readonly FakeTime _time = new();
    private readonly MemoryWire _wire = new();
    private readonly Outbox _outbox = new(new OutboxLimits());
    private readonly ConnectionRecorder _events = new();
    private readonly CloseSequence _close;

    public CloseSequenceTests() => _close = new CloseSequence(_wire, _outbox, _time, _events);

    [Fact]
    public void The_first_reason_is_kept_and_its_farewell_is_the_last_entry()
    {
        Assert.True(_close.TryBegin(new(4002, "first"), new TextMessage("bye"), discard: false));
        Assert.False(_close.TryBegin(new(4003, "second"), new TextMessage("other"), discard: true));
        Assert.Equal(new CloseReason(4002, "first"), _close.Reason);
        _outbox.TryAddKept(Entry.Message(new TextMessage("too late")));
        Assert.Equal(1, _outbox.Count);
    }

    [Fact]
    public void A_close_that_discards_keeps_only_its_farewell()
    {
        for (var i = 0; i < 3; i++) _outbox.TryAddKept(Entry.Message(new TextMessage("waits")));
        _close.TryBegin(new(4001, ""), new TextMessage("bye"), discard: true);
        Assert.Equal(1, _outbox.Count);
    }

    [Fact]
    public async Task A_client_that_accepts_nothing_is_aborted_after_five_seconds()
    {
        _close.TryBegin(new(1000, ""), null, discard: false);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_wire.IsAborted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await _wire.Aborted;
        Assert.True(_close.Completion.IsCompleted);
        Assert.Equal((1, 0), (_events.Ended, _time.Waiting));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_sent_close_is_released_after_two_seconds_and_aborted_five_later()
    {
        var reading = _wire.Input.ReadAsync().AsTask();
        _close.TryBegin(new(1000, ""), null, discard: false);
        _close.Finish();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await reading.WaitAsync(Eventually.Patience)).IsCanceled);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_wire.IsAborted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await _wire.Aborted;
        Assert.Equal(1, _events.Ended);
    }

    [Fact]
    public void An_end_before_the_time_is_up_stops_the_clock()
    {
        _close.TryBegin(new(1000, ""), null, discard: false);
        _close.Finish();
        _close.End();
        Assert.Equal(0, _time.Waiting);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_wire.IsAborted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_end_of_TCP_follows_only_the_close_of_a_violation(bool isViolation)
    {
        if (isViolation) _close.MarkViolation();
        _close.TryBegin(new(1002, ""), null, discard: false);
        Assert.False(_wire.HasEnded);
        _close.Finish();
        Assert.Equal(isViolation, _wire.HasEnded);
    }

    [Fact]
    public void A_violation_after_a_sent_close_ends_TCP_at_once()
    {
        _close.TryBegin(new(1000, ""), null, discard: false);
        _close.EndSendingIfClosed();
        Assert.False(_wire.HasEnded);
        _close.Finish();
        _close.EndSendingIfClosed();
        Assert.True(_wire.HasEnded);
    }

    [Fact]
    public void A_broken_wire_ends_once_and_starts_no_clock_for_a_later_close()
    {
        _outbox.TryAddKept(Entry.Message(new TextMessage("waits")));
        _close.CutOff();
        _close.CutOff();
        _close.TryBegin(new(1000, ""), new TextMessage("bye"), discard: false);
        Assert.Equal((1, 0, 0), (_events.Ended, _time.Waiting, _outbox.Count));
    }
}
