using Waggle.Exec.Coding;
using Waggle.TestKit;

namespace Waggle.Tests.Exec.Coding;

public sealed class StallWatchTests
{
    private readonly FakeTime _time = new();
    private readonly List<TimeSpan> _shown = [];
    private bool _isWaiting;

    [Fact]
    public async Task Silence_is_shown_once_and_ends_the_run_after_the_whole_time()
    {
        var (_, stall) = Start(60);
        await AdvanceAsync(29, stall);
        Assert.Empty(_shown);
        await AdvanceAsync(2, stall);
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.Single(_shown));
        await AdvanceAsync(28, stall);
        Assert.False(stall.IsCompleted);
        await AdvanceAsync(2, stall);
        await stall.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        Assert.Single(_shown);
    }

    [Fact]
    public async Task Each_line_begins_the_time_anew()
    {
        var (watch, stall) = Start(60);
        for (var i = 0; i < 10; i++)
        {
            await AdvanceAsync(25, stall);
            watch.Touch();
        }

        Assert.False(stall.IsCompleted);
        Assert.Empty(_shown);
    }

    [Fact]
    public async Task A_wait_for_an_answer_is_no_silence_and_one_that_was_announced_neither()
    {
        var (watch, stall) = Start(60);
        _isWaiting = true;
        await AdvanceAsync(600, stall);
        Assert.False(stall.IsCompleted);
        _isWaiting = false;
        watch.Touch();
        watch.Excuse(TimeSpan.FromSeconds(100));
        await AdvanceAsync(150, stall);
        Assert.False(stall.IsCompleted);
        await AdvanceAsync(60, stall);
        await stall.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
    }

    private (StallWatch Watch, Task Stall) Start(int seconds)
    {
        var watch = new StallWatch(TimeSpan.FromSeconds(seconds), _time);
        return (watch, watch.WaitAsync(() => _isWaiting, Show, TestContext.Current.CancellationToken));
    }

    private ValueTask Show(TimeSpan silent)
    {
        _shown.Add(silent);
        return default;
    }

    // The watch has to set its next timer before the clock goes on.
    private async Task AdvanceAsync(int seconds, Task stall)
    {
        for (var i = 0; i < seconds; i++)
        {
            await Eventually.Async(() => _time.Waiting > 0 || stall.IsCompleted, "the next timer");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await Eventually.Async(() => _time.Waiting > 0 || stall.IsCompleted, "the next timer");
    }
}
