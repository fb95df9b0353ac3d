using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

public sealed class WorkerReportTests
{
    [Fact]
    public async Task Of_100_000_progress_reports_in_a_second_ten_are_sent_and_the_newest_always()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is LeaseMessage and not TaskComplete ? Answers.Nothing(m) : null;
        WorkerRig rig = null!;
        await using var _ = rig = await Rigs.WorkerAsync(hub, async (work, _) =>
        {
            await Task.Yield();
            for (var i = 0; i < 100_000; i++)
            {
                rig.Time.Advance(TimeSpan.FromMicroseconds(10));
                await work.ReportProgressAsync(i / 100_000.0, $"{i}");
            }

            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        var sent = rig.Session.Messages.OfType<TaskProgress>().ToList();
        Assert.InRange(sent.Count, 9, 12);
        Assert.Equal("0", sent[0].Message);
        Assert.Equal("99999", sent[^1].Message);
        Assert.Equal(sent.Select(p => p.Progress).Order(), sent.Select(p => p.Progress));
        Assert.IsType<TaskComplete>(rig.Session.Messages.Last());
    }

    [Fact]
    public async Task Log_lines_are_collected_and_all_come_in_order_before_the_end()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is LeaseMessage and not TaskComplete ? Answers.Nothing(m) : null;
        var lines = Enumerable.Range(0, 999).Select(i => $"line {i}").ToList();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, _) =>
        {
            foreach (var line in lines) await work.LogAsync(line);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
        var logs = rig.Session.Messages.OfType<TaskLog>().ToList();
        Assert.Equal(lines, logs.SelectMany(l => l.Lines));
        Assert.InRange(logs.Count, 1, 10);
    }

    [Fact]
    public async Task A_single_line_is_sent_after_a_tenth_of_a_second_and_a_long_one_is_cut_up()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskLog ? Answers.Nothing(m) : null;
        var (logged, gate) = (new TaskCompletionSource(), new TaskCompletionSource<RawJson>());
        await using var rig = await Rigs.WorkerAsync(hub, async (work, _) =>
        {
            await work.LogAsync(new string('x', Limits.MaxTextLength + 5));
            logged.SetResult();
            return await gate.Task;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await logged.Task.WaitAsync(Eventually.Patience);
        rig.Time.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.Async(() => rig.Session.Messages.OfType<TaskLog>().Any());
        Assert.Equal([Limits.MaxTextLength, 5], rig.Session.Messages.OfType<TaskLog>().Single().Lines.Select(l => l.Length));
        gate.SetResult(default);
        await rig.Session.AckAsync(await rig.Session.NextAsync<TaskComplete>());
    }

    [Fact]
    public async Task A_stale_report_cancels_the_handler()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskProgress ? Answers.Error(m, ErrorCodes.StaleLease) : null;
        await using var rig = await Rigs.WorkerAsync(hub, async (work, cancel) =>
        {
            await work.ReportProgressAsync(0.5);
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await Eventually.Async(() => rig.Rejected.Contains(("t1", ErrorCodes.StaleLease)));
        Assert.Equal([("t1", ErrorCodes.StaleLease)], rig.ReportsRejected);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public async Task Progress_outside_of_zero_to_one_is_the_handlers_fault(double progress)
    {
        await using var hub = ScriptedHub.Start();
        await using var rig = await Rigs.WorkerAsync(hub, async (work, _) =>
        {
            await work.ReportProgressAsync(progress);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        var fail = await rig.Session.NextAsync<TaskFail>();
        Assert.Equal("ArgumentOutOfRangeException", fail.Error.Code);
        await rig.Session.AckAsync(fail);
    }
}
