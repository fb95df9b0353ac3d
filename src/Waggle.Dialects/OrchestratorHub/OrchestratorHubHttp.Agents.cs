using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Dialects.Http;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

internal static partial class OrchestratorHubHttp
{
    private static async Task<DialectReply> PauseAgentAsync(DialectRequest request)
    {
        if (!request.Body.IsEmpty && BodyOf(request).Find("duration_minutes") is not null)
            throw new DialectException(
                new Error(ErrorCodes.NotAvailable, "duration_minutes: agents are not resumed automatically; leave it out and resume the agent later."));
        return Standing(request, await request.AskAsync(
            new DrainAgent(request.Route("id")) { By = request.By }), "The agent receives no new tasks; it finishes the tasks that it holds.");
    }

    private static async Task<DialectReply> ResumeAgentAsync(DialectRequest request) =>
        Standing(request, await request.AskAsync(
            new ResumeAgent(request.Route("id")) { By = request.By }), "The agent receives tasks while its worker is connected.");

    private static DialectReply Standing(DialectRequest request, AgentView agent, string message) => Reply(200, request, writer =>
    {
        writer.WriteString("agent_id"u8, agent.Id);
        writer.WriteString("status"u8, Vocabulary.Of(agent.Status, agent.Holding.Count));
        writer.WriteNumber("active_tasks_reassigned"u8, 0);
        writer.WriteString("message"u8, message);
    });

    private static async Task<DialectReply> AgentTasksAsync(DialectRequest request) =>
        await TaskListing.AnswerAsync(request, (await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By })).Id);

    private static async Task<DialectReply> PerformanceAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By });
        var (bad, all) = (agent.Failed + agent.Lost, agent.Completed + agent.Failed + agent.Lost);
        return Reply(200, request, writer =>
        {
            writer.WriteString("agent_id"u8, agent.Id);
            writer.WriteStartObject("metrics"u8);
            writer.WriteNumber("tasks_completed"u8, agent.Completed);
            WriteShare(writer, "success_rate"u8, agent.Completed, all);
            WriteShare(writer, "error_rate"u8, bad, all);
            if (agent.AverageMs is { } average) writer.WriteNumber("average_response_time_ms"u8, average);
            else writer.WriteNull("average_response_time_ms"u8);
            writer.WriteEndObject();
        });
    }

    private static void WriteShare(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long some, long all)
    {
        if (JsonShapes.Share(some, all) is { } share) writer.WriteNumber(name, share);
        else writer.WriteNull(name);
    }

    // Who a request comes from, as its token says.
    private static Task<DialectReply> WhoAsync(DialectRequest request) => Task.FromResult(Reply(200, request, writer =>
    {
        writer.WriteStartObject("user"u8);
        writer.WriteString("id"u8, request.By.User);
        writer.WriteString("username"u8, request.By.Subject);
        writer.WriteStartArray("permissions"u8);
        foreach (var permission in request.By.Permissions.Order(StringComparer.Ordinal)) writer.WriteStringValue(permission);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }));
}
