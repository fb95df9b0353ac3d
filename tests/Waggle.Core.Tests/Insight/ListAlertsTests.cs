using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Core.Tests.Insight;

public class ListAlertsTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly AlertRule _rule = Readings.Rule();

    [Fact]
    public async Task Open_alerts_are_listed_while_a_commit_hangs()
    {
        await using var hive = await RunningHive.StartAsync();
        await Report(hive, percent: 95, past: true);
        await using var stall = await Stall.BeginAsync(hive);

        var list = List(hive);
        await hive.Time.AdvanceUntilAsync(() => list.IsCompleted, Step, "the list of alerts");

        // The loop has a newer reading and does not answer, so the value is the one at which the alert was fired.
        Assert.Equal((AlertState.Firing, 91.0), Shown(await list));
        Assert.False(stall.Command.IsCompleted);
    }

    [Fact]
    public async Task Resolved_alerts_are_listed_without_asking_the_loop()
    {
        await using var hive = await RunningHive.StartAsync();
        await Report(hive, percent: 95, past: true);
        await Report(hive, percent: 50, past: false);
        await using var stall = await Stall.BeginAsync(hive);
        var before = hive.Time.GetUtcNow();

        var page = await Eventually.Get(List(hive));

        Assert.Equal(AlertState.Resolved, Shown(page).State);
        Assert.Equal(before, hive.Time.GetUtcNow());
        Assert.False(stall.Command.IsCompleted);
    }

    [Fact]
    public async Task An_open_alert_is_listed_with_the_value_of_the_newest_reading()
    {
        await using var hive = await RunningHive.StartAsync();
        await Report(hive, percent: 95, past: true);

        Assert.Equal((AlertState.Firing, 95.0), Shown(await Eventually.Get(List(hive))));
    }

    private async Task Report(RunningHive hive, double percent, bool past) =>
        Assert.Null((await hive.Ask(Readings.Report([Readings.Finding(_rule, past)], [_rule]) with { Reading = Readings.Cpu(percent) })).Error);

    private static Task<Outcome<AlertPage>> List(RunningHive hive) =>
        hive.Hive.QueryAsync(new ListAlerts(new AlertList()) { By = TestHive.User }, CancellationToken.None);

    private static (AlertState State, double? Value) Shown(Outcome<AlertPage> page)
    {
        var alert = Assert.Single(page.Value!.Alerts);
        return (alert.State, alert.Value);
    }

    /// <summary>A commit that hangs from the start of the test's next step to its end.</summary>
    private sealed class Stall : IAsyncDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Command { get; private set; } = null!;

        public static async Task<Stall> BeginAsync(RunningHive hive)
        {
            var stall = new Stall();
            hive.Store.OnCommit = async _ =>
            {
                stall._entered.TrySetResult();
                await stall._gate.Task;
            };
            stall.Command = hive.CreateOne();
            await stall._entered.Task.WaitAsync(Eventually.Patience);
            return stall;
        }

        public async ValueTask DisposeAsync()
        {
            _gate.TrySetResult();
            await Eventually.Get(Command);
        }
    }
}
