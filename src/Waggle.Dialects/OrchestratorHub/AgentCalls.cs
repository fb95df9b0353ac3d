using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Leases;
using Waggle.Dialects.Http;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.OrchestratorHub;

/// <summary>The HTTP calls about one agent. <see cref="AgentList"/> serves lists, and <see cref="BulkCalls"/> serves several agents at once.</summary>
internal static class AgentCalls
{
    public static async Task<DialectReply> CreateAgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(Requests.CreateAgent(OrchestratorHubHttp.BodyOf(request), request.By));
        return OrchestratorHubHttp.Reply(201, request, writer =>
        {
            AgentObjects.Created.WriteFields(writer, agent);
            writer.WriteString("message"u8, "The agent is registered; it is inactive until its worker connects."u8);
        });
    }

    public static async Task<DialectReply> AgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer =>
        {
            writer.WritePropertyName("agent"u8);
            AgentObjects.Listed.Write(writer, new PlacedAgent(agent, 0));
        });
    }

    public static async Task<DialectReply> RemoveAgentAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new RemoveAgent(request.Route("id"), request.Query("reason")) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer => writer.WriteString("agent_id"u8, agent.Id));
    }

    public static async Task<DialectReply> PauseAgentAsync(DialectRequest request)
    {
        if (!request.Body.IsEmpty && OrchestratorHubHttp.BodyOf(request).Find("duration_minutes") is not null)
            throw new DialectException(
                new Error(ErrorCodes.NotAvailable, "duration_minutes: agents are not resumed automatically; leave it out and resume the agent later."));
        return Standing(request, await request.AskAsync(
            new DrainAgent(request.Route("id")) { By = request.By }), "The agent receives no new tasks; it finishes the tasks that it holds.");
    }

    public static async Task<DialectReply> ResumeAgentAsync(DialectRequest request) =>
        Standing(request, await request.AskAsync(
            new ResumeAgent(request.Route("id")) { By = request.By }), "The agent receives tasks while its worker is connected.");

    private static DialectReply Standing(DialectRequest request, AgentView agent, string message) => OrchestratorHubHttp.Reply(200, request, writer =>
    {
        writer.WriteString("agent_id"u8, agent.Id);
        writer.WriteString("status"u8, Vocabulary.Of(agent.Status, agent.Holding.Count));
        writer.WriteNumber("active_tasks_reassigned"u8, 0);
        writer.WriteString("message"u8, message);
    });

    public static async Task<DialectReply> AgentTasksAsync(DialectRequest request) =>
        await TaskListing.AnswerAsync(request, (await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By })).Id);

    public static async Task<DialectReply> PerformanceAsync(DialectRequest request)
    {
        var agent = await request.AskAsync(new ShowAgent(request.Route("id")) { By = request.By });
        return OrchestratorHubHttp.Reply(200, request, writer => AgentObjects.Performance.WriteFields(writer, agent));
    }
}
