using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class RetryAndBackoffTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_failure_waits_for_its_retry_and_is_then_assigned_again()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        Assert.Equal(TaskState.RetryWait, worker.Fail().State);
        var due = _hive.Task(task).NextRetryAt!.Value;
        Assert.Equal(due, _hive.Replies<TaskRetryScheduled>().NextRetryAt);
        Assert.InRange(due - _hive.Now, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _hive.Advance(due - _hive.Now);

        Assert.True(worker.Has(task));
        Assert.Equal((2, 1), (_hive.Task(task).Attempt, _hive.Task(task).Failures));
    }

    [Fact]
    public void The_third_failure_is_the_last()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(TaskState.RetryWait, worker.Fail().State);
            _hive.Advance(TimeSpan.FromSeconds(5));
            worker.Renew();
        }

        Assert.Equal(TaskState.Failed, worker.Fail().State);

        Assert.Equal(("BOOM", true, 3), (_hive.Task(task).Error!.Code, _hive.Task(task).DeadLetter, _hive.Task(task).Failures));
        Assert.Equal(3, _hive.Attempts(task).Count);
        Assert.Equal(3, _hive.Agent("a1").Failed);
    }

    [Fact]
    public void What_is_not_retryable_fails_at_once()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        Assert.Equal(TaskState.Failed, worker.Fail(retryable: false).State);
        Assert.Equal(1, _hive.Task(task).Failures);
    }

    [Fact]
    public void The_worker_may_name_the_wait()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        worker.Fail(after: TimeSpan.FromSeconds(77));

        Assert.Equal(_hive.Now + TimeSpan.FromSeconds(77), _hive.Task(task).NextRetryAt);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(366L * 86_400_000)]
    public void A_wait_outside_of_reason_is_refused(long ms)
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        Assert.Contains("retry_after_ms", worker.Refused(l => worker.FailCommand(l, after: TimeSpan.FromMilliseconds(ms))).Message);
    }

    [Fact]
    public void The_back_off_doubles_up_to_its_cap_with_full_jitter()
    {
        var spec = new TaskSpec { Title = "t", BackoffBaseMs = 1000, BackoffCapMs = 6000 };
        var dice = new Random(7);
        foreach (var (n, most) in new[] { (1, 1000), (2, 2000), (3, 4000), (4, 6000), (50, 6000), (int.MaxValue, 6000) })
        {
            var waits = Enumerable.Range(0, 1000).Select(_ => spec.Backoff(n, dice, new HiveOptions()).TotalMilliseconds).ToArray();
            Assert.InRange(waits.Min(), 0, most * 0.02);
            Assert.InRange(waits.Max(), most * 0.98, most);
            Assert.InRange(waits.Average(), most * 0.45, most * 0.55);
        }
    }

    [Fact]
    public void A_retry_that_is_due_survives_a_restart()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();
        worker.Fail(after: TimeSpan.FromSeconds(10));
        var due = _hive.Task(task).NextRetryAt;

        _hive.Restart();

        Assert.Equal(due, _hive.Task(task).NextRetryAt);
        _hive.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("retry_due", _hive.Replies<TaskRequeued>().Reason);
    }

    [Fact]
    public void Failures_losses_and_refusals_are_counted_apart()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create(with: s => s with { BackoffBaseMs = 0 });
        worker.Fail();
        _hive.Advance(TimeSpan.Zero);
        worker.Refuse();
        _hive.Advance(TimeSpan.Zero);
        worker.Start();
        _hive.Advance(TimeSpan.FromSeconds(30));

        var entity = _hive.Task(task);
        Assert.Equal((1, 1, 1), (entity.Failures, entity.Refusals, entity.Losses));
        Assert.Equal(3, entity.Attempt);
    }
}
