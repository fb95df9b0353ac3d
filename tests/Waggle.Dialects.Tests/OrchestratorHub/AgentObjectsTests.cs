using System.Text.Json;
using Waggle.Dialects.Mapping;
using Waggle.Dialects.OrchestratorHub;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.Tests.OrchestratorHub;

public sealed class AgentObjectsTests
{
    private static readonly AgentView Agent = new()
    {
        Id = "a1",
        Name = "Ada",
        Type = "worker",
        Swarm = "default",
        Status = AgentStatus.Online,
        Capabilities = new Dictionary<string, double> { ["code"] = 0.9 },
        Slots = 2,
        Holding = ["t1"],
        RegisteredAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        Completed = 3,
        Failed = 1,
        Lost = 0,
        AverageMs = 250,
    };

    [Fact]
    public void A_listed_agent_has_the_fields_of_the_dashboard_and_null_where_nothing_is_measured()
    {
        var json = Write(AgentObjects.Listed, new PlacedAgent(Agent, 0));
        Assert.Equal(("a1", "Ada", "default"), (json.GetProperty("id").GetString(), json.GetProperty("name").GetString(), json.GetProperty("swarm_id").GetString()));
        Assert.Equal((3, 1, 250), (json.GetProperty("tasks_completed").GetInt32(), json.GetProperty("tasks_failed").GetInt32(), json.GetProperty("average_response_time_ms").GetInt32()));
        Assert.Equal(["t1"], json.GetProperty("current_tasks").EnumerateArray().Select(t => t.GetString()));
        Assert.Equal(0.9, json.GetProperty("capabilities")[0].GetProperty("proficiency").GetDouble());
        Assert.All(["energy", "social_connections"], f => Assert.Equal(JsonValueKind.Null, json.GetProperty(f).ValueKind));
        Assert.False(json.TryGetProperty("last_active", out _));
    }

    [Fact]
    public void The_type_of_an_agent_without_one_is_null_and_not_missing()
    {
        var json = Write(AgentObjects.Listed, new PlacedAgent(Agent with { Type = null }, 0));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("type").ValueKind);
    }

    [Fact]
    public void A_created_agent_stands_beside_its_id()
    {
        var json = Write(AgentObjects.Created, Agent);
        Assert.Equal("a1", json.GetProperty("agent_id").GetString());
        Assert.Equal(["id", "name", "type", "status", "capabilities", "created_at"], json.GetProperty("agent").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void Shares_are_null_before_the_first_attempt_ended()
    {
        var metrics = Write(AgentObjects.Performance, Agent).GetProperty("metrics");
        Assert.Equal((0.75, 0.25), (metrics.GetProperty("success_rate").GetDouble(), metrics.GetProperty("error_rate").GetDouble()));

        metrics = Write(AgentObjects.Performance, Agent with { Completed = 0, Failed = 0, AverageMs = null }).GetProperty("metrics");
        Assert.All(["success_rate", "error_rate", "average_response_time_ms"], f => Assert.Equal(JsonValueKind.Null, metrics.GetProperty(f).ValueKind));
    }

    private static JsonElement Write<T>(ObjectMap<T> map, T value)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text)) map.Write(writer, value);
        return JsonDocument.Parse(text.ToArray()).RootElement.Clone();
    }
}
