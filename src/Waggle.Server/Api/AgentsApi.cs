using Microsoft.AspNetCore.Routing;
using Waggle.Core.Agents;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

internal static class AgentsApi
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        api.Get("/agents", call =>
            call.DoAsync(ListOf(call)), new("listAgents", "The agents in the order of their registration: their names, capabilities and tasks.")
            {
                Tagged = true,
                Query =
            [
                new("swarm", "Only of this swarm."),
                new("cursor", "The cursor of the previous page."),
                new("limit", $"The page size, 1 to {Limits.MaxPageSize}, default {Limits.MaxPageSize}.", "integer"),
            ],
                Result = () => [HubJson.Default.AgentPage],
                Errors = [ErrorCodes.NotFound],
            });
        api.Get("/agents/{agent}", call => call.DoAsync(new ShowAgent(call.Route("agent")) { By = call.By }), new("showAgent", "One agent.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.AgentView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post("/agents/{agent}/drain", call => call.DoAsync(
            new DrainAgent(call.Route("agent")) { By = call.By }), new("drainAgent", "Stops assigning tasks to the agent; it finishes the tasks that it holds.")
            {
                Result = () => [HubJson.Default.AgentView],
                Errors = [ErrorCodes.NotFound],
            });
        api.Post("/agents/{agent}/resume", call =>
            call.DoAsync(new ResumeAgent(call.Route("agent")) { By = call.By }), new("resumeAgent", "Resumes assigning tasks to a drained agent.")
            {
                Result = () => [HubJson.Default.AgentView],
                Errors = [ErrorCodes.NotFound],
            });
        api.Delete("/agents/{agent}", call => call.DoAsync(new RemoveAgent(call.Route("agent"), call.Query("reason")) { By = call.By }), new(
            "removeAgent", "Removes an agent permanently; its tasks go back to the queue at once.")
        {
            Query = [new("reason", "The reason, for the log and for its worker.")],
            Result = () => [HubJson.Default.AgentView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.TooLarge],
        });
    }

    private static ListAgents ListOf(ApiCall call) =>
        new(call.Query("swarm")) { Cursor = call.Query("cursor"), Limit = call.QueryNumber("limit") ?? Limits.MaxPageSize, By = call.By };
}
