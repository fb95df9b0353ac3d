using Waggle.Delivery.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests;

public class LogScansTests
{
    private readonly FakeTime _time = new();
    private readonly Record[] _log = [.. Enumerable.Range(1, 2000).Select(i => new Record(new(i <= 1000 ? 1 : 2, i), "a", "k", RecordClass.Durable, default, null, new byte[10]))];
    private TaskCompletionSource _gate = Open();
    private int _reading;
    private int _most;

    [Fact]
    public async Task Subscribers_that_resume_together_from_nearby_positions_share_a_read()
    {
        using var scans = new LogScans(ReadAsync, _time);
        _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, 1000).Select(i => scans.ReadAsync(new(1, 100 + (i % 100)), CancellationToken.None)).ToArray();
        _gate.SetResult();
        var pieces = await Task.WhenAll(all);
        for (var i = 0; i < pieces.Length; i++)
        {
            Assert.True(pieces[i].Known);
            Assert.Equal(101 + (i % 100), pieces[i].Records[0].Position.Offset);
            Assert.Equal(600, pieces[i].End);
        }

        Assert.Equal(1, scans.Reads);
        Assert.Same(pieces[0].Records[^1], pieces[1].Records[^1]);
    }

    [Fact]
    public async Task A_position_of_another_epoch_does_not_share_a_read()
    {
        using var scans = new LogScans(ReadAsync, _time);
        Assert.True((await scans.ReadAsync(new(1, 100), CancellationToken.None)).Known);
        Assert.False((await scans.ReadAsync(new(2, 150), CancellationToken.None)).Known);
        Assert.True((await scans.ReadAsync(new(1, 150), CancellationToken.None)).Known);
    }

    [Fact]
    public async Task A_few_reads_run_at_a_time_and_no_piece_is_kept_for_long()
    {
        using var scans = new LogScans(ReadAsync, _time);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => scans.ReadAsync(new(1, i * 50), CancellationToken.None)));
        Assert.InRange(_most, 1, 2);
        var reads = scans.Reads;
        await scans.ReadAsync(new(1, 50), CancellationToken.None);
        Assert.Equal(reads, scans.Reads);
        _time.Advance(TimeSpan.FromSeconds(11));
        await scans.ReadAsync(new(1, 50), CancellationToken.None);
        Assert.Equal(reads + 1, scans.Reads);
    }

    [Fact]
    public async Task A_shared_read_returns_the_same_records_as_the_log() => await Gen.ForAllAsync(30, async gen =>
    {
        using var scans = new LogScans(ReadAsync, _time);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async _ =>
        {
            var after = new Position(gen.Int(1, 2), gen.Int(0, 2001));
            var (own, shared) = (await ReadAsync(after, default), await scans.ReadAsync(after, default));
            Assert.Equal(own.Known, shared.Known);
            Assert.True(shared.End <= after.Offset + 500);
            Assert.Equal(_log.Where(r => own.Known && r.Position.Offset > after.Offset && r.Position.Offset <= shared.End), shared.Records);
            Assert.Equal(own.Records.Count > 0, shared.Records.Count > 0);
        }));
    });

    [Fact]
    public async Task A_failed_read_fails_its_callers_and_the_next_call_reads_again()
    {
        var fails = true;
        using var scans = new LogScans((after, cancel) => fails ? throw new IOException("no disk") : ReadAsync(after, cancel), _time);
        await Assert.ThrowsAsync<IOException>(() => scans.ReadAsync(new(1, 1), CancellationToken.None));
        fails = false;
        Assert.True((await scans.ReadAsync(new(1, 1), CancellationToken.None)).Known);
    }

    [Fact]
    public void Missed_records_are_encoded_once_per_form()
    {
        PlainRenderer one = new(), other = new();
        for (var i = 0; i < 100; i++)
        {
            foreach (var record in _log.Take(10))
            {
                Assert.Equal(SharedBodies.Of(record, one), SharedBodies.Of(record, other));
            }
        }

        Assert.Equal((10, 10), (one.Rendered.Count, other.Rendered.Count));
        Assert.All(one.Rendered.Values.Concat(other.Rendered.Values), times => Assert.Equal(1, times));
    }

    private async Task<HistoryPiece> ReadAsync(Position after, CancellationToken cancel)
    {
        var reading = Interlocked.Increment(ref _reading);
        if (reading > _most) _most = reading;
        await _gate.Task;
        await Task.Yield();
        Interlocked.Decrement(ref _reading);
        var known = after.Epoch == 1 ? after.Offset <= 1000 : after.Offset is >= 1000 and <= 2000;
        Record[] records = known ? [.. _log.Where(r => r.Position.Offset > after.Offset).Take(500)] : [];
        return new HistoryPiece(known, records, records.Length > 0 ? records[^1].Position.Offset : after.Offset);
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
