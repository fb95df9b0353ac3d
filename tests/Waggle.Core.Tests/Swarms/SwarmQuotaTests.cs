using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Memory;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Swarms;

public class SwarmQuotaTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_swarm_takes_as_many_open_tasks_as_it_may_have_and_more_when_some_have_ended()
    {
        Set(new() { OpenTasks = 2 });
        var first = _hive.Create();

        var both = _hive.Refused(Creation(2));
        Assert.Equal(ErrorCodes.QuotaExceeded, both.Code);
        Assert.Contains("Swarm 'default' has 1 open tasks, and may have 2; 2 more were requested", both.Message, StringComparison.Ordinal);
        _hive.Create();
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Creation(1)).Code);
        Assert.Equal(new QuotaUse(2, 2), Shown().Quota!.OpenTasks);

        _hive.Cancel(first);
        _hive.Create();
    }

    [Fact]
    public void A_repetition_of_a_creation_gets_its_task_from_a_full_swarm()
    {
        Set(new() { OpenTasks = 1 });
        var task = _hive.Create(with: t => t with { IdempotencyKey = "k" });
        Assert.Equal(task, _hive.Create(with: t => t with { IdempotencyKey = "k" }));
    }

    [Fact]
    public void Agents_that_are_there_stay_and_no_more_join()
    {
        var worker = _hive.Worker("a1");
        Set(new() { Agents = 1 });

        worker.Hello();
        var refused = _hive.Refused(new TestWorker(_hive, "a2").HelloCommand());
        Assert.Equal((ErrorCodes.QuotaExceeded, true), (refused.Code, refused.Message.Contains("has 1 agents, and may have 1", StringComparison.Ordinal)));
        var declared = new DeclareAgent("a3", "Third", null, null, new Dictionary<string, double>()) { By = TestHive.User };
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(declared).Code);

        _hive.Remove("a1");
        _hive.Worker("a2");
    }

    [Fact]
    public void Memory_of_the_swarm_is_limited_in_bytes()
    {
        Set(new() { Bytes = 10 });
        _hive.Do(Put("a", "\"1234\""));
        Assert.Equal(ErrorCodes.QuotaExceeded, _hive.Refused(Put("b", "\"12345\"")).Code);
        Assert.Equal(new QuotaUse(10, 6), Shown().Quota!.Bytes);
        _hive.Do(Put("b", "12"));
    }

    [Fact]
    public void A_quota_is_replaced_survives_a_restart_and_goes()
    {
        Set(new() { OpenTasks = 1, Agents = 1 });
        Set(new() { Agents = 5 });
        _hive.Restart();
        Assert.Equal(new SwarmQuotaView(Agents: new(5, 0)), Shown().Quota);
        Set(new());
        Assert.Null(Shown().Quota);
    }

    [Fact]
    public void Bad_quotas_and_others_than_administrators_are_refused()
    {
        Assert.Equal(ErrorCodes.InvalidRequest, _hive.Refused(new SetSwarmQuota("default", new() { OpenTasks = 0 }) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new SetSwarmQuota("none", new() { OpenTasks = 1 }) { By = TestHive.User }).Code);
        var writer = new Principal("bob", "default", null, Permissions.Expand(["write:swarms"], []));
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new SetSwarmQuota("default", new() { OpenTasks = 1 }) { By = writer }).Code);
    }

    private static CreateTasks Creation(int count) => new([.. Enumerable.Repeat(new TaskSpec { Title = "t" }, count)]) { By = TestHive.User };

    private static PutMemory Put(string key, string json) => new("notes", key, RawJson.Parse(json), "default", null, null) { By = TestHive.User };

    private void Set(SwarmQuota quota) => _hive.Ok<SwarmView>(new SetSwarmQuota("default", quota) { By = TestHive.User });

    private SwarmView Shown() => _hive.Ok<SwarmView>(new ShowSwarm("default") { By = TestHive.User });
}
