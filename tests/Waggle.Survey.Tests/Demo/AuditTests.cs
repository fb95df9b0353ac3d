using System.Text.Json;
using Waggle.Protocol.Model;
using Waggle.Survey.Demo;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Tests.Demo;

public sealed class AuditTests
{
    private readonly Audit _audit = new();

    [Fact]
    public void A_file_that_ended_once_is_measured_or_failed()
    {
        Ended("task_completed", "t1").Ended("task_failed", "t2").Stored("t1", "a.cs", TaskState.Completed).Stored("t2", "b.cs", TaskState.Failed);
        var result = _audit.Result(2);
        Assert.Equal(new AuditResult(2, 1, 1, 0, 0), result);
        Assert.True(result.IsWhole);
    }

    [Fact]
    public void A_file_without_a_task_or_with_an_open_one_is_lost()
    {
        Ended("task_completed", "t1").Stored("t1", "a.cs", TaskState.Completed).Stored("t2", "b.cs", TaskState.Running);
        Assert.Equal(new AuditResult(3, 1, 0, Lost: 2, 0), _audit.Result(3));
    }

    [Fact]
    public void What_the_store_says_without_the_log_is_lost()
    {
        Stored("t1", "a.cs", TaskState.Completed);
        Assert.Equal(new AuditResult(1, 0, 0, Lost: 1, 0), _audit.Result(1));
    }

    [Fact]
    public void Two_ends_of_a_task_and_two_tasks_of_a_file_are_twice()
    {
        Ended("task_completed", "t1").Ended("task_completed", "t1").Ended("task_completed", "t2").Ended("task_completed", "t3");
        Stored("t1", "a.cs", TaskState.Completed).Stored("t2", "b.cs", TaskState.Completed).Stored("t3", "b.cs", TaskState.Completed);
        Assert.Equal(new AuditResult(2, 2, 0, 0, Twice: 2), _audit.Result(2));
    }

    [Fact]
    public void Other_records_and_other_tasks_do_not_count()
    {
        Ended("task_assigned", "t1").Ended("task_completed", "t9");
        _audit.Add(new TaskView { Id = "t9", Spec = new TaskSpec { Title = "Report", Type = "report" }, Swarm = "s", State = TaskState.Completed, Priority = 3, CreatedAt = default, UpdatedAt = default });
        Assert.Equal(new AuditResult(0, 0, 0, 0, 0), _audit.Result(0));
    }

    private AuditTests Ended(string kind, string task)
    {
        _audit.Add(kind, JsonDocument.Parse($$"""{"task":"{{task}}"}""").RootElement);
        return this;
    }

    private AuditTests Stored(string id, string path, TaskState state)
    {
        _audit.Add(new TaskView { Id = id, Spec = SurveyTasks.Measure("s", "t0", path), Swarm = "s", State = state, Priority = 3, CreatedAt = default, UpdatedAt = default });
        return this;
    }
}
