using Waggle.Protocol.Model;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Tests.State;

public sealed class DemoStateTests
{
    private readonly Fold _fold = new();

    private DemoState State => _fold.State;

    [Fact]
    public void Half_is_not_done_before_all_files_are_listed()
    {
        _fold.Files("t1", "t2").Assigned("t1", "a").Completed("t1", "a");
        Assert.False(State.IsHalfDone);
        _fold.Created("t9", "report", "Report");
        Assert.True(State.IsHalfDone);
        Assert.Equal((2, 1, 0), (State.Listed, State.Completed, State.Failed));
    }

    [Fact]
    public void A_file_that_failed_counts_as_done_and_is_told_with_its_reason()
    {
        _fold.Files("t1", "t2").Created("t9", "report", "Report").Assigned("t1", "a").Failed("t1", "a", "binary");
        Assert.True(State.IsHalfDone);
        Assert.Equal((0, 1), (State.Completed, State.Failed));
        Assert.Contains("t1.cs not measured: binary", _fold.Told);
    }

    [Fact]
    public void Of_many_failures_only_the_first_are_told()
    {
        var tasks = Enumerable.Range(0, 50).Select(i => $"t{i}").ToArray();
        _fold.Files(tasks);
        foreach (var task in tasks) _fold.Assigned(task, "a").Failed(task, "a", "binary");
        Assert.Equal(6, State.Events.Count);
    }

    [Fact]
    public void An_agent_holds_what_it_was_given_until_that_ends_or_is_lost()
    {
        _fold.Files("t1", "t2").Assigned("t1", "a").Assigned("t2", "a").Task("t2", "progress", """{"state":"running","progress":0.2}""");
        var agent = Assert.Single(State.Agents.Named("analyst-a"));
        Assert.Equal(["t1", "t2"], agent.Holding.Select(task => task.Id));
        Assert.Equal(0.2, agent.Holding[1].Progress);
        _fold.Completed("t1", "a").Lost("t2");
        Assert.Empty(agent.Holding);
        Assert.Equal(1, agent.Completed);
    }

    [Fact]
    public void A_task_taken_over_is_told_with_whom_it_was_lost_by()
    {
        _fold.Files("t1").Assigned("t1", "a").Lost("t1").Assigned("t1", "b", attempt: 2);
        Assert.Equal(new Takeover("t1", "t1.cs", "analyst-a", "analyst-b", 2), Assert.Single(State.Takeovers));
        Assert.Contains("t1 (t1.cs) taken over by analyst-b, attempt 2 (the lease of analyst-a ran out)", _fold.Told);
    }

    [Fact]
    public void A_task_handed_back_is_not_a_takeover()
    {
        _fold.Files("t1").Assigned("t1", "a").Task("t1", "requeued", """{"state":"pending","reason":"released"}""").Assigned("t1", "b", attempt: 2);
        Assert.Empty(State.Takeovers);
    }

    [Fact]
    public void The_survey_ends_with_the_report_and_the_scout_whichever_comes_last()
    {
        _fold.Created("t0", "list", "List").Files("t1").Created("t9", "report", "Report").Assigned("t1", "a").Completed("t1", "a").Completed("t9", "r");
        Assert.Null(State.End);
        _fold.Completed("t0", "s");
        Assert.Equal(new SurveyEnd(true, null), State.End);
    }

    [Fact]
    public void A_scout_that_fails_ends_the_survey()
    {
        _fold.Created("t0", "list", "List").Failed("t0", "s", "no such directory");
        Assert.Equal(new SurveyEnd(false, "The files could not be listed: no such directory"), State.End);
    }

    [Fact]
    public void Records_of_other_swarms_are_not_ours()
    {
        _fold.Record("task.t1.created", "task_created", """{"task":"t1","title":"x","state":"pending","spec":{"type":"measure"}}""", swarm: "s2");
        Assert.Equal(0, State.Listed);
    }

    [Fact]
    public void Victims_are_living_analysts_with_work_in_hand_the_busiest_first()
    {
        foreach (var name in new[] { "a", "b", "c", "d" }) State.Started(Fold.Start, $"analyst-{name}", DemoWorker.AnalystRole, 1);
        State.Workers.Left("analyst-d", WorkerFate.Exited);
        _fold.Files("t1", "t2", "t3", "t4").Assigned("t1", "a").Assigned("t2", "b").Assigned("t3", "b").Assigned("t4", "d");
        Assert.Equal(["analyst-b", "analyst-a"], State.Workers.Victims(State.Agents).Select(victim => victim.Worker.Name));
    }

    [Fact]
    public void After_a_hole_the_state_is_that_of_the_tasks_and_agents_as_they_stand()
    {
        _fold.Files("t1", "t2", "t3").Assigned("t1", "a");
        State.Reload([View("t1", TaskState.Completed), View("t2", TaskState.Running, "b"), View("t3", TaskState.Pending)], [Agent("a", completed: 1), Agent("b", completed: 4)]);
        Assert.Equal((3, 1, 0), (State.Listed, State.Completed, State.Failed));
        Assert.Empty(State.Agents.Of("a").Holding);
        Assert.Equal("t2", Assert.Single(State.Agents.Of("b").Holding).Id);
        Assert.Equal(4, State.Agents.Of("b").Completed);
        _fold.Completed("t2", "b");
        Assert.Equal(2, State.Completed);
    }

    private static AgentView Agent(string id, long completed) => new()
    {
        Id = id,
        Name = $"analyst-{id}",
        Swarm = "s1",
        Status = AgentStatus.Online,
        Capabilities = new Dictionary<string, double>(),
        Slots = 2,
        Holding = [],
        RegisteredAt = Fold.Start,
        Completed = completed,
        Failed = 0,
        Lost = 0,
    };

    private static TaskView View(string id, TaskState state, string? holder = null) => new()
    {
        Id = id,
        Spec = new TaskSpec { Title = $"{id}.cs", Type = "measure" },
        Swarm = "s1",
        State = state,
        Priority = 3,
        CreatedAt = Fold.Start,
        UpdatedAt = Fold.Start,
        Lease = holder is null ? null : new LeaseInfo { Agent = holder, Attempt = 1, Token = 1, AssignedAt = Fold.Start },
    };
}
