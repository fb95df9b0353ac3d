using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Connection;

public sealed class RequestTableTests
{
    private static readonly WaggleException Reason = new(ClientErrorCodes.Closed, "over");

    private readonly FakeTime _time = new();
    private readonly RequestTable _table;

    public RequestTableTests() => _table = new RequestTable(2, _time);

    [Fact]
    public async Task A_request_is_queued_and_taken_once_by_its_number()
    {
        var request = await EnqueueAsync();

        Assert.True(_table.Queue.TryRead(out var queued));
        Assert.Same(request, queued);
        Assert.Same(request, _table.Take(request.Message.Id));
        Assert.Null(_table.Take(request.Message.Id));
        Assert.Null(_table.Take("x1"));
        Assert.Null(_table.Take(null));
    }

    [Fact]
    public async Task A_full_queue_makes_writers_wait_in_their_order()
    {
        await EnqueueAsync();
        await EnqueueAsync();
        var (third, fourth) = (Make(), Make());
        var waiting = new[] { _table.EnqueueAsync(third).AsTask(), _table.EnqueueAsync(fourth).AsTask() };
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        var read = new List<long>();
        for (var i = 0; i < 4; i++) read.Add((await _table.Queue.ReadAsync()).Number);

        await Task.WhenAll(waiting);
        Assert.Equal([1, 2, 3, 4], read);
    }

    [Fact]
    public async Task A_writer_that_gives_up_waiting_leaves_nothing_behind()
    {
        await EnqueueAsync();
        await EnqueueAsync();
        using var cancel = new CancellationTokenSource();
        var third = Make();
        var waiting = _table.EnqueueAsync(third, cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Null(_table.Take(third.Message.Id));
    }

    [Fact]
    public async Task A_cancelled_call_is_forgotten_and_abandoned()
    {
        using var cancel = new CancellationTokenSource();
        var call = Make();
        var answer = _table.SendAsync(call, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.True(call.Abandoned);
        Assert.Null(_table.Take(call.Message.Id));
    }

    [Fact]
    public async Task After_a_break_written_requests_go_out_again_in_order_and_those_that_must_not_fail()
    {
        using var table = new RequestTable(10, _time);
        var written = new[] { Make(), Make(repeatable: false), Make() };
        foreach (var request in written.Reverse())
        {
            await table.EnqueueAsync(request);
            request.Written = true;
        }

        var queued = Make(repeatable: false);
        await table.EnqueueAsync(queued);

        Assert.Equal([written[0], written[2]], table.TakeUnanswered());
        Assert.Equal(ClientErrorCodes.ConnectionLost, (await Assert.ThrowsAsync<WaggleException>(() => written[1].Answer)).Code);
        Assert.False(queued.Answer.IsCompleted);
        Assert.Same(written[0], table.Take(written[0].Message.Id));
    }

    [Fact]
    public async Task The_end_fails_what_waits_and_what_comes_later()
    {
        var before = await EnqueueAsync();

        Assert.True(_table.End(Reason));
        Assert.False(_table.End(new(ClientErrorCodes.Replaced, "a second reason")));

        var after = await EnqueueAsync();
        Assert.Same(Reason, await Assert.ThrowsAsync<WaggleException>(() => before.Answer));
        Assert.Same(Reason, await Assert.ThrowsAsync<WaggleException>(() => after.Answer));
        Assert.True(_table.HasEnded);
        Assert.True(_table.Ended.IsCancellationRequested);
        Assert.True(_table.Queue.TryRead(out _));
        Assert.True(_table.Queue.Completion.IsCompleted);
    }

    [Fact]
    public async Task The_end_releases_a_writer_that_waits_for_room()
    {
        await EnqueueAsync();
        await EnqueueAsync();
        var third = Make();
        var waiting = _table.EnqueueAsync(third).AsTask();

        _table.End(Reason);

        await waiting.WaitAsync(Eventually.Patience);
        Assert.Same(Reason, await Assert.ThrowsAsync<WaggleException>(() => third.Answer));
    }

    [Fact]
    public async Task A_repeated_request_is_queued_after_its_delay_as_not_written()
    {
        var request = Make();
        request.Written = true;

        var repeating = _table.RepeatAsync(request, TimeSpan.FromSeconds(1));
        Assert.Null(_table.Take(request.Message.Id));
        await _time.AdvanceUntilAsync(() => repeating.IsCompleted, TimeSpan.FromMilliseconds(250), "the delay to pass");

        Assert.True(_table.Queue.TryRead(out var queued));
        Assert.Same(request, queued);
        Assert.False(request.Written);
    }

    private async Task<Call<Reply>> EnqueueAsync()
    {
        var request = Make();
        await _table.EnqueueAsync(request);
        return request;
    }

    private Call<Reply> Make(bool repeatable = true) => new(_table.NextNumber(), new Echo(), repeatable, type: null);
}
