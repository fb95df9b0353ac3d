using Waggle.Core.Agents;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Agents;

public sealed class DrainTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void An_operators_drain_outlives_a_reconnect_of_the_same_worker()
    {
        var worker = _hive.Worker("a1");
        _hive.Drain("a1");

        worker.Vanish();
        worker.Hello();
        var task = _hive.Create();

        Assert.Equal(AgentStatus.Draining, _hive.Agent("a1").Status);
        Assert.Equal(TaskState.Pending, _hive.StateOf(task));
    }

    [Fact]
    public void A_workers_own_drain_ends_with_its_next_hello()
    {
        var worker = _hive.Worker("a1");
        _hive.Do(new DrainAgent("a1") { By = worker.Principal });

        worker.Vanish();
        worker.Hello();
        var task = _hive.Create();

        Assert.Equal(AgentStatus.Online, _hive.Agent("a1").Status);
        Assert.True(worker.Has(task));
    }

    [Fact]
    public void A_new_worker_under_the_name_is_not_drained_any_more()
    {
        _hive.Worker("a1").Vanish();
        _hive.Drain("a1");
        _hive.Advance(_hive.Options.AgentOfflineAfter + TimeSpan.FromSeconds(1));

        _hive.Worker("a1", secret: "another worker's own secret");

        Assert.Equal(AgentStatus.Online, _hive.Agent("a1").Status);
    }

    [Fact]
    public void A_resumed_agent_is_given_what_waited_for_it()
    {
        var worker = _hive.Worker("a1");
        _hive.Drain("a1");
        var task = _hive.Create();

        _hive.Do(new ResumeAgent("a1") { By = TestHive.User });
        _hive.Do(new ResumeAgent("a1") { By = TestHive.User });

        Assert.Equal(AgentStatus.Online, _hive.Agent("a1").Status);
        Assert.True(worker.Has(task));
    }

    [Fact]
    public void The_prefix_of_the_hubs_own_keys_is_refused()
    {
        var error = _hive.RefusedTask(s => s with { IdempotencyKey = "retry:t1-5" });

        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains("idempotency_key", error.Message, StringComparison.Ordinal);
    }
}
