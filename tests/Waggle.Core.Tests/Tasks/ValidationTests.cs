using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Tasks;

public class ValidationTests
{
    private readonly TestHive _hive = new();

    public static TheoryData<string, string, TaskSpec> Wrong { get; } = new()
    {
        { "title", "1 to 500", new() { Title = " " } },
        { "title", "1 to 500", new() { Title = new string('x', 501) } },
        { "type", "A-Z a-z 0-9", new() { Title = "t", Type = "a.b" } },
        { "priority", "1 (first) to 5 (last); it was 6", new() { Title = "t", Priority = 6 } },
        { "idempotency_key", "A-Z a-z 0-9", new() { Title = "t", IdempotencyKey = "a/b" } },
        { "assign_to", "A-Z a-z 0-9", new() { Title = "t", AssignTo = "" } },
        { "requires", "A-Z a-z 0-9", new() { Title = "t", Requires = new Dictionary<string, double> { ["a b"] = 0.5 } } },
        { "requires.code", "0 to 1", new() { Title = "t", Requires = new Dictionary<string, double> { ["code"] = 1.5 } } },
        { "requires.code", "0 to 1", new() { Title = "t", Requires = new Dictionary<string, double> { ["code"] = double.NaN } } },
        { "requires", "at most 100", new() { Title = "t", Requires = Enumerable.Range(0, 101).ToDictionary(i => $"c{i}", _ => 0.5) } },
        { "metadata", "at most 50", new() { Title = "t", Metadata = Enumerable.Range(0, 51).ToDictionary(i => $"c{i}", _ => "") } },
        { "metadata.a", "at most 10000", new() { Title = "t", Metadata = new Dictionary<string, string> { ["a"] = null! } } },
        { "lease_ms", "100 to 86400000; it was 99", new() { Title = "t", LeaseMs = 99 } },
        { "max_attempts", "1 to 1000; it was 0", new() { Title = "t", MaxAttempts = 0 } },
        { "poison_losses", "1 to 1000000; it was 0", new() { Title = "t", PoisonLosses = 0 } },
        { "backoff_base_ms", "0 to", new() { Title = "t", BackoffBaseMs = -1 } },
        { "backoff_cap_ms", "0 to", new() { Title = "t", BackoffCapMs = -1 } },
        { "schedule_to_start_ms", "1 to", new() { Title = "t", ScheduleToStartMs = 0 } },
        { "start_to_close_ms", "1 to", new() { Title = "t", StartToCloseMs = 0 } },
        { "schedule_to_close_ms", "1 to", new() { Title = "t", ScheduleToCloseMs = long.MaxValue } },
        { "cancel_grace_ms", "0 to", new() { Title = "t", CancelGraceMs = -1 } },
        { "depends_on", "null", new() { Title = "t", DependsOn = [null!] } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void An_error_names_the_field_and_its_rule(string field, string rule, TaskSpec spec)
    {
        var error = _hive.RefusedTask(_ => spec);

        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Contains(field, error.Message);
        Assert.Contains(rule, error.Message);
    }

    [Fact]
    public void What_a_task_refers_to_must_exist()
    {
        Assert.Contains("swarm 'nowhere'", _hive.RefusedTask(s => s with { Swarm = "nowhere" }).Message);
        Assert.Contains("parent", _hive.RefusedTask(s => s with { Parent = "t0-0" }).Message);
        var error = _hive.RefusedTask(s => s with { DependsOn = ["t0-0"] });
        Assert.Equal(ErrorCodes.NotFound, error.Code);
        Assert.Contains("depends_on: there is no task 't0-0'", error.Message);
    }

    [Fact]
    public void A_request_has_one_to_a_thousand_tasks()
    {
        Assert.Contains("1 to 1000", _hive.Refused(new CreateTasks([]) { By = TestHive.User }).Message);
        Assert.Contains("1001", _hive.Refused(new CreateTasks([.. Enumerable.Repeat(new TaskSpec { Title = "t" }, 1001)]) { By = TestHive.User }).Message);
        Assert.Contains("tasks[1]", _hive.Refused(new CreateTasks([new() { Title = "t" }, null!]) { By = TestHive.User }).Message);
    }

    [Fact]
    public void Priorities_of_tasks_are_checked_when_they_change_too()
    {
        var task = _hive.Create();

        Assert.Contains("priority is 1 (first) to 5 (last)", _hive.Refused(new SetPriority(task, 0) { By = TestHive.User }).Message);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.PositiveInfinity)]
    public void Progress_is_between_0_and_1(double progress)
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        Assert.Contains("progress is 0 to 1", worker.Refused(l => new ReportProgress(l, progress, null) { By = worker.Principal }).Message);
    }

    [Fact]
    public void Usage_is_never_negative_or_beyond_its_limit()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();

        Assert.Contains("cost_usd", worker.Refused(l => worker.CompleteCommand(l, usage: new Usage { CostUsd = decimal.MaxValue })).Message);
        Assert.Contains("output_tokens", worker.Refused(l => new FailTask(l, new("E", "e"), true, null, new Usage { OutputTokens = -1 }) { By = worker.Principal }).Message);
    }

    [Fact]
    public void A_null_in_a_list_spoils_only_its_own_message()
    {
        var worker = _hive.Worker("a1");
        var task = _hive.Create();

        var decisions = _hive.Turn(
            new LogLines(worker.Lease, [null!]) { By = worker.Principal },
            new RenewLeases([null!]) { By = worker.Principal },
            worker.HelloCommand(1, null, null, null!, null!),
            worker.CompleteCommand(worker.Lease))!;

        Assert.All(decisions.Take(3), d => Assert.Equal(ErrorCodes.InvalidRequest, d.Error?.Code));
        Assert.Equal(TaskState.Completed, _hive.StateOf(task));
    }

    [Fact]
    public void A_hello_is_checked_field_by_field()
    {
        Error Refused(AgentHello hello, string id = "a1") => _hive.Refused(new AttachAgent(hello, id, new FakeLink()) { By = TestHive.User });
        var good = new AgentHello { Secret = "sixteen characters" };

        Assert.Contains("agent 'a.1'", Refused(good, "a.1").Message);
        Assert.Contains("agent.secret has 16 to 200", Refused(good with { Secret = "short" }).Message);
        Assert.Contains("agent.name", Refused(good with { Name = "" }).Message);
        Assert.Contains("agent.slots is 0 to 10000; it was -1", Refused(good with { Slots = -1 }).Message);
        Assert.Contains("agent.capabilities.code", Refused(good with { Capabilities = new Dictionary<string, double> { ["code"] = 2 } }).Message);
        Assert.Equal(ErrorCodes.NotFound, Refused(good with { Swarm = "nowhere" }).Code);
    }

    [Fact]
    public void Only_the_permitted_is_decided()
    {
        var reader = TestHive.User with { Permissions = new HashSet<string> { "read:tasks" } };

        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new CreateTasks([new() { Title = "t" }]) { By = reader }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowTask("t0-0") { By = reader }).Code);
    }
}
