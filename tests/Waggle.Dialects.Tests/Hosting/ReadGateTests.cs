using Waggle.Dialects.Hosting;
using Waggle.TestKit;
using Waggle.Transport.Timers;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class ReadGateTests : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly FakeTime _time = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimerWheel _wheel;
    private readonly ReadGate _gate;

    public ReadGateTests()
    {
        _wheel = new TimerWheel(_time, TimeSpan.FromMilliseconds(250), e => Assert.Fail(e.Message));
        _gate = new ReadGate(_wheel, metrics: null);
    }

    public void Dispose() => _wheel.Dispose();

    [Fact]
    public async Task A_pause_lasts_as_long_as_it_was_asked_for()
    {
        var pause = _gate.PauseAsync(Pause, _over.Task);
        _time.Advance(Pause - TimeSpan.FromMilliseconds(1));
        Assert.False(pause.IsCompleted);
        Assert.True(_gate.IsPaused);

        _time.Advance(TimeSpan.FromMilliseconds(500));

        await pause.WaitAsync(Eventually.Patience);
        Assert.False(_gate.IsPaused);
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_a_pause()
    {
        var pause = _gate.PauseAsync(Pause, _over.Task);
        _over.SetResult();
        await pause.WaitAsync(Eventually.Patience);
        Assert.False(_gate.IsClosed);
    }

    [Fact]
    public async Task Closing_ends_a_pause_and_the_next_ends_at_once()
    {
        var pause = _gate.PauseAsync(Pause, _over.Task);

        _gate.Close();

        await pause.WaitAsync(Eventually.Patience);
        await _gate.PauseAsync(Pause, _over.Task).WaitAsync(Eventually.Patience);
        Assert.True(_gate.IsClosed);
    }
}
