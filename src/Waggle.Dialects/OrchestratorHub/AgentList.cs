using Waggle.Core.Agents;
using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>
/// GET /api/agents: <c>status</c>, <c>type</c>, <c>capability</c>, <c>swarm_id</c>, <c>limit</c>, <c>offset</c>. The total counts all matching agents.
/// </summary>
internal static class AgentList
{
    public static async Task<DialectReply> AnswerAsync(DialectRequest request)
    {
        var page = ListQuery.Read(request, Limits.MaxPageSize, Limits.MaxPageSize);
        var (status, type, capability) = (StatusOf(request), TypeOf(request), request.Query("capability"));
        var all = await request.AskAsync(new ListAgents(request.Query("swarm_id")) { By = request.By });
        var fitting = all.Agents
            .Where(a => ListQuery.Matches(status, Vocabulary.Of(a.Status, a.Holding.Count), Vocabulary.CodeOf(a.Status, a.Holding.Count)))
            .Where(a => ListQuery.Matches(type, a.Type, Vocabulary.TypeOf(a.Type)))
            .Where(a => capability is null || a.Capabilities.ContainsKey(capability))
            .ToArray();
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WriteStartArray("agents"u8);
            for (var i = page.Offset; i < fitting.Length && i - page.Offset < page.Limit; i++)
                AgentObjects.Listed.Write(writer, new PlacedAgent(fitting[i], i));
            writer.WriteEndArray();
            writer.WriteNumber("total"u8, fitting.Length);
        });
    }

    private static string? StatusOf(DialectRequest request)
    {
        if (request.Query("status") is not { } status) return null;
        return Vocabulary.Agents.Any(a => ListQuery.Matches(status, a.Word, a.Code))
            ? status
            : throw PayloadReader.Invalid(
                $"status is one of {string.Join(", ", Vocabulary.Agents.Select(a => a.Word).Distinct())}; it was '{PayloadReader.Clip(status)}'.");
    }

    private static string? TypeOf(DialectRequest request)
    {
        if (request.Query("type") is not { } type) return null;
        return Vocabulary.ReadType(type)
            ?? throw PayloadReader.Invalid(
                $"type is one of {string.Join(", ", Vocabulary.AgentTypes.Select(t => t.Word))}, a specialist's field behind a colon; it was "
                    + $"'{PayloadReader.Clip(type)}'.");
    }
}
