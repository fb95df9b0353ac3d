using System.Text.Json;
using Waggle.Dialects.Mapping;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.OrchestratorHub;

public sealed class TaskObjectsTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly TaskView Task = new()
    {
        Id = "t1",
        Spec = new TaskSpec { Title = "Build", Type = "build", Requires = new Dictionary<string, double> { ["code"] = 0.5 } },
        Swarm = "default",
        State = TaskState.Completed,
        Priority = 3,
        CreatedAt = At,
        UpdatedAt = At,
        EndedAt = At + TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void A_completed_task_has_its_end_and_what_it_required()
    {
        var json = Write(TaskObjects.Listed, Task);
        Assert.Equal(("t1", "Build", "Build"), (json.GetProperty("id").GetString(), json.GetProperty("description").GetString(), json.GetProperty("title").GetString()));
        Assert.Equal(0.5, json.GetProperty("required_capabilities")[0].GetProperty("min_proficiency").GetDouble());
        Assert.True(json.TryGetProperty("completed_at", out _));
    }

    [Fact]
    public void A_task_that_failed_has_its_error_and_no_completion()
    {
        var json = Write(TaskObjects.Listed, Task with { State = TaskState.Failed, Error = new TaskError("X", "broken") });
        Assert.Equal("broken", json.GetProperty("error").GetString());
        Assert.False(json.TryGetProperty("completed_at", out _));
    }

    [Fact]
    public void The_creators_description_stands_above_the_title()
    {
        var spec = Task.Spec with { Metadata = new Dictionary<string, string> { ["description"] = "Build the whole of it" } };
        Assert.Equal("Build the whole of it", Write(TaskObjects.Listed, Task with { Spec = spec }).GetProperty("description").GetString());
    }

    [Fact]
    public void A_created_task_stands_beside_its_id_and_the_agents_that_could_have_it()
    {
        var json = Write(TaskObjects.Created, new NewTask(new TaskCreated("t1", TaskState.Pending, Duplicate: false, MatchingAgents: 2), Task.Spec with { Priority = 3 }));
        Assert.Equal(("t1", 2), (json.GetProperty("task_id").GetString(), json.GetProperty("matching_agents").GetInt32()));
        Assert.Equal(["id", "description", "type", "priority", "status", "required_capabilities"], json.GetProperty("task").EnumerateObject().Select(p => p.Name));
    }

    private static JsonElement Write<T>(ObjectMap<T> map, T value)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text)) map.Write(writer, value);
        return JsonDocument.Parse(text.ToArray()).RootElement.Clone();
    }
}
