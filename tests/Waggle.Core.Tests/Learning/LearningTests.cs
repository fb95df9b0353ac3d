using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Learning;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Verifying;
using Waggle.Core.Tests.Support;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Learning;

public class LearningTests
{
    private static readonly RawJson Number = RawJson.Parse("""{ "type": "number" }""");

    private readonly TestHive _hive = new();

    [Fact]
    public void A_checked_outcome_counts_fully_and_a_claimed_one_with_a_quarter()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        Work(ann, "42", isChecked: true);
        Assert.Equal((1, 1, 1), Figures("ann"));
        Work(ann, "42", isChecked: false);
        Assert.Equal((2, 1), (Shown("ann").Outcomes, Shown("ann").Checked));
        Assert.Equal(1.2475, Shown("ann").Evidence, 0.0001);
        Assert.Equal(0.9, Shown("ann").Declared);
        Assert.True(Shown("ann") is { } shown && shown.Lower < shown.Mean && shown.Mean < shown.Upper);
    }

    [Fact]
    public void A_result_that_a_check_refutes_is_a_failure()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        Work(ann, "\"text\"", isChecked: true);
        Assert.True(Shown("ann") is { Checked: 1, Mean: < 0.7 });
    }

    [Fact]
    public void A_failure_that_the_worker_reports_and_a_lost_worker_count()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        Task();
        ann.Start();
        ann.Fail();
        Assert.Equal((1, 0), (Shown("ann").Outcomes, Shown("ann").Checked));
        _hive.Drain("ann");
        var bob = _hive.Worker("bob", can: Code(0.9));
        Task();
        bob.Start();
        _hive.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, Shown("bob").Outcomes);
    }

    [Fact]
    public void What_is_not_the_fault_of_the_agent_does_not_count()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        var cancelled = Task();
        ann.Start();
        _hive.Cancel(cancelled);
        ann.ConfirmCancelled();
        Task();
        ann.Release();
        ann.Refuse();
        _hive.Cancel(_hive.State.Tasks.Single(t => !t.State.IsTerminal()).Id, force: true);
        var failedWhileCancelled = Task();
        ann.Start();
        _hive.Cancel(failedWhileCancelled);
        ann.Fail();
        var neverStarted = Task();
        _hive.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains(_hive.All.OfType<TaskRequeued>(), r => r.Task == neverStarted && r.Reason == AttemptOutcomes.NotStarted);
        Assert.Null(_hive.Agent("ann").Proficiency);
    }

    [Fact]
    public void A_task_without_required_capabilities_says_nothing_about_any()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        _hive.Create();
        ann.Complete();
        Assert.Null(_hive.Agent("ann").Proficiency);
    }

    [Fact]
    public void A_task_counts_for_each_capability_that_it_requires()
    {
        var ann = _hive.Worker("ann", can: new() { ["code"] = 0.9, ["review"] = 0.5, ["draw"] = 1 });
        _hive.Create(with: s => s with { Requires = new Dictionary<string, double> { ["code"] = 0, ["review"] = 0 } });
        ann.Complete();
        Assert.Equal(["code", "review"], _hive.Agent("ann").Proficiency!.Keys.Order());
    }

    [Fact]
    public void An_agent_that_lies_about_its_proficiency_gets_hardly_any_task_once_it_is_known()
    {
        var liar = _hive.Worker("liar", can: Code(1));
        var honest = _hive.Worker("honest", can: Code(0.5));
        for (var i = 0; i < 100; i++) WorkAs(liar, honest);
        var before = _hive.All.OfType<TaskAssigned>().Count(a => a.Agent == "liar");
        for (var i = 0; i < 100; i++) WorkAs(liar, honest);
        Assert.InRange(_hive.All.OfType<TaskAssigned>().Count(a => a.Agent == "liar") - before, 0, 10);
        Assert.True(Shown("liar").Upper < Shown("honest").Lower);
    }

    [Fact]
    public void An_agent_that_recovered_gets_tasks_again_when_its_failures_are_forgotten()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        for (var i = 0; i < 30; i++) Work(ann, "\"text\"", isChecked: true);
        var bob = _hive.Worker("bob", can: Code(0.9));
        for (var i = 0; i < 30; i++) WorkAs(ann, bob);
        Assert.True(Shown("ann").Mean < 0.15);
        _hive.Now += 10 * LearningRule.HalfLife;
        _hive.Restart();
        ann.Hello(can: Code(0.9));
        bob.Hello(can: Code(0.9));
        Assert.Equal(0.9, Shown("ann").Mean, 0.05);
        var before = _hive.All.OfType<TaskAssigned>().Count(a => a.Agent == "ann");
        for (var i = 0; i < 30; i++) Next(ann, bob).Complete(result: "42");
        Assert.True(_hive.All.OfType<TaskAssigned>().Count(a => a.Agent == "ann") - before > 5);
    }

    [Fact]
    public void A_visible_change_is_told_once_with_what_it_rests_on()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        Work(ann, "\"text\"", isChecked: true);
        var told = Assert.Single(_hive.All.OfType<ProficiencyChanged>());
        Assert.Equal(("agent.ann.proficiency", "ann", "code", 0.9, 0.9, 0.6), (told.Topic, told.Agent, told.Capability, told.Declared, told.From, told.To));
        Assert.True(told is { Outcomes: 1, Checked: 1, Evidence: 1 } && told.Lower < told.To && told.To < told.Upper);
        for (var i = 0; i < 200; i++) Work(ann, "42", isChecked: true);
        ProficiencyChanged[] all = [.. _hive.All.OfType<ProficiencyChanged>()];
        Assert.InRange(all.Length, 4, 12);
        Assert.All(all, change => Assert.True(Math.Abs(change.To - change.From) >= LearningRule.VisibleChange - 0.0001));
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal(pair.First.To, pair.Second.From));
    }

    [Fact]
    public void What_was_learned_outlives_a_restart_and_so_does_what_was_told()
    {
        var ann = _hive.Worker("ann", can: Code(0.9));
        for (var i = 0; i < 5; i++) Work(ann, "\"text\"", isChecked: true);
        var (before, told) = (Shown("ann"), _hive.All.OfType<ProficiencyChanged>().Count());
        _hive.Restart();
        ann.Hello(can: Code(0.9));
        Assert.Equal(before, Shown("ann"));
        Assert.Equal(told, _hive.All.OfType<ProficiencyChanged>().Count());
        Task();
        Assert.NotNull(_hive.All.OfType<TaskAssigned>().Last().AssignmentReason.Draw);
    }

    [Fact]
    public void What_was_learned_of_a_capability_ends_with_it_and_with_the_agent()
    {
        var ann = _hive.Worker("ann", can: new() { ["code"] = 0.9, ["draw"] = 0.9 });
        Work(ann, "42", isChecked: true);
        ann.Hello(can: new() { ["draw"] = 0.9 });
        Assert.Null(_hive.Agent("ann").Proficiency);
        ann.Hello(can: Code(0.9));
        Assert.Null(_hive.Agent("ann").Proficiency);
        Work(ann, "42", isChecked: true);
        _hive.Remove("ann");
        _hive.Worker("ann", can: Code(0.9));
        Assert.Null(_hive.Agent("ann").Proficiency);
    }

    [Fact]
    public void The_outcomes_of_others_and_their_order_change_nothing()
    {
        var (one, two) = (new TestHive(), new TestHive());
        foreach (var (hive, isTogether) in new[] { (one, false), (two, true) })
        {
            TestWorker[] workers = [hive.Worker("ann", slots: 3, can: Code(0.9)), hive.Worker("bob", slots: 3, can: Code(0.9))];
            for (var i = 0; i < 6; i++) hive.Create(with: s => s with { AssignTo = i % 2 == 0 ? "ann" : "bob", Requires = Code(0) });
            var commands = workers.SelectMany(w => w.Link.Assigned.Select((lease, i) => i == 1 ? (Command)w.FailCommand(lease) : w.CompleteCommand(lease))).ToArray();
            if (isTogether) hive.Turn([.. commands.Reverse()]);
            else foreach (var command in commands) hive.DoAny(command);
        }

        Assert.Equal(one.Agent("ann").Proficiency!["code"].Outcomes, two.Agent("ann").Proficiency!["code"].Outcomes);
        Assert.Equal(one.Agent("ann").Proficiency!["code"].Mean, two.Agent("ann").Proficiency!["code"].Mean, 0.003);
        Assert.Equal(one.Agent("bob").Proficiency!["code"], one.Agent("ann").Proficiency!["code"]);
    }

    [Fact]
    public void A_hub_that_does_not_learn_matches_by_declaration_alone()
    {
        var hive = new TestHive(new() { Learning = false });
        var (liar, honest) = (hive.Worker("liar", can: Code(1)), hive.Worker("honest", can: Code(0.5)));
        for (var i = 0; i < 20; i++)
        {
            hive.Create(with: s => s with { Requires = Code(0), MaxAttempts = 1 });
            Assert.True(liar.Has(liar.Lease.Task));
            liar.Fail();
        }

        Assert.Empty(honest.Link.Assigned);
        Assert.Empty(hive.All.OfType<ProficiencyChanged>());
        Assert.All(hive.All.OfType<TaskAssigned>(), a => Assert.Null(a.AssignmentReason.Draw));
        Assert.Null(hive.Agent("liar").Proficiency);
    }

    [Fact]
    public void An_outcome_draws_anew_for_its_agent_and_one_other_and_nothing_else_draws()
    {
        for (var i = 0; i < 50; i++) _hive.Worker($"idle-{i}", can: Code(0.3));
        var ann = _hive.Worker("ann", can: Code(0.9));
        Task();
        ann.Start();
        ann.Progress(0.5);
        ann.Renew(ann.Lease);
        Assert.Equal(0, Drawn());
        ann.Complete();
        Assert.Equal(2, Drawn());
        _hive.Turn();
        _hive.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, Drawn());
    }

    private int Drawn() => _hive.State.Agents.Count(a => _hive.State.LearningDraws.Draw(a.Id, "code") is not null);

    private static Dictionary<string, double> Code(double proficiency) => new() { ["code"] = proficiency };

    private ProficiencyView Shown(string agent) => _hive.Agent(agent).Proficiency!["code"];

    private (double Evidence, long Outcomes, long Checked) Figures(string agent) => (Shown(agent).Evidence, Shown(agent).Outcomes, Shown(agent).Checked);

    private string Task(bool isChecked = false) => _hive.Create(with: s => s with
    {
        Requires = Code(0),
        MaxAttempts = 1,
        Verify = isChecked ? new() { Schema = Number } : null,
    });

    private void Work(TestWorker worker, string result, bool isChecked)
    {
        var task = Task(isChecked);
        worker.Complete(result: result);
        Settle(task, result);
    }

    // The checks of a schema run beside the loop, so the test says their result.
    private void Settle(string task, string result)
    {
        if (_hive.Task(task) is { State: TaskState.Verifying, Claim: { } claim })
            _hive.Do(new SettleSchema(task, claim.Lease.Token, result == "42" ? null : "It is no number.") { By = Principal.Hub("default") });
    }

    private TestWorker Next(TestWorker one, TestWorker two)
    {
        var task = Task();
        return one.Has(task) ? one : two;
    }

    private void WorkAs(TestWorker bad, TestWorker good)
    {
        var task = Task(isChecked: true);
        var result = bad.Has(task) ? "\"text\"" : "42";
        (bad.Has(task) ? bad : good).Complete(result: result);
        Settle(task, result);
    }
}
