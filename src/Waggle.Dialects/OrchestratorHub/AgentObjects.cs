using Waggle.Dialects.Mapping;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <param name="Place">The index in the list. It determines the drawn position only.</param>
internal readonly record struct PlacedAgent(AgentView View, int Place);

/// <summary>The forms of an agent in answers, lists and snapshots.</summary>
internal static class AgentObjects
{
    /// <summary>The form that the dashboard reads. Unmeasured values (energy, social connections) are null.</summary>
    public static ObjectMap<PlacedAgent> Listed { get; } = new(
        Field<PlacedAgent>.Text("id", "id", a => a.View.Id),
        Field<PlacedAgent>.Text("name", "name", a => a.View.Name),
        Field<PlacedAgent>.TextOrNull("type", "type", a => Vocabulary.TypeCodeOf(a.View.Type)),
        Field<PlacedAgent>.Text("state", "status, holding", a => Vocabulary.CodeOf(a.View.Status, a.View.Holding.Count)),
        Field<PlacedAgent>.Text("status", "status, holding", a => Vocabulary.Of(a.View.Status, a.View.Holding.Count)),
        Field<PlacedAgent>.Value("capabilities", "capabilities", (writer, a) => JsonShapes.WriteProficiencies(writer, a.View.Capabilities)),
        Field<PlacedAgent>.Value("position", "the place in the list", (writer, a) => JsonShapes.WritePlace(writer, a.Place)),
        Field<PlacedAgent>.Null("energy"),
        Field<PlacedAgent>.Whole("experience_count", "completed", a => a.View.Completed),
        Field<PlacedAgent>.Null("social_connections"),
        Field<PlacedAgent>.Text("swarm_id", "swarm", a => a.View.Swarm),
        Field<PlacedAgent>.Whole("tasks_completed", "completed", a => a.View.Completed),
        Field<PlacedAgent>.Whole("tasks_failed", "failed + lost", a => a.View.Failed + a.View.Lost),
        Field<PlacedAgent>.Whole("average_response_time_ms", "average_ms", a => a.View.AverageMs),
        Field<PlacedAgent>.Value("current_tasks", "holding", (writer, a) => JsonShapes.WriteTexts(writer, a.View.Holding)),
        Field<PlacedAgent>.Time("created_at", "registered_at", (a, _) => a.View.RegisteredAt),
        Field<PlacedAgent>.Time("last_active", "last_seen_at", (a, _) => a.View.LastSeenAt));

    /// <summary>The answer to the creator of an agent.</summary>
    public static ObjectMap<AgentView> Created { get; } = new(
        Field<AgentView>.Text("agent_id", "id", a => a.Id),
        Field<AgentView>.Group(
            "agent",
            Field<AgentView>.Text("id", "id", a => a.Id),
            Field<AgentView>.Text("name", "name", a => a.Name),
            Field<AgentView>.TextOrNull("type", "type", a => Vocabulary.TypeOf(a.Type)),
            Field<AgentView>.Text("status", "status, holding", a => Vocabulary.Of(a.Status, a.Holding.Count)),
            Field<AgentView>.Value("capabilities", "capabilities", (writer, a) => JsonShapes.WriteProficiencies(writer, a.Capabilities)),
            Field<AgentView>.Time("created_at", "registered_at", (a, _) => a.RegisteredAt)));

    /// <summary>The figures of <c>agent_performance_updated</c>; null before the first attempt ended.</summary>
    public static ObjectMap<AgentView> Performance { get; } = new(
        Field<AgentView>.Text("agent_id", "id", a => a.Id),
        Field<AgentView>.Group(
            "metrics",
            Field<AgentView>.Whole("tasks_completed", "completed", a => a.Completed),
            Field<AgentView>.NumberOrNull("success_rate", "completed / (completed + failed + lost)", a => JsonShapes.Share(a.Completed, EndedOf(a))),
            Field<AgentView>.NumberOrNull("error_rate", "(failed + lost) / (completed + failed + lost)", a => JsonShapes.Share(a.Failed + a.Lost, EndedOf(a))),
            Field<AgentView>.NumberOrNull("average_response_time_ms", "average_ms", a => a.AverageMs)));

    private static long EndedOf(AgentView agent) => agent.Completed + agent.Failed + agent.Lost;
}
