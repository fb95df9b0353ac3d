using Microsoft.AspNetCore.Routing;
using Waggle.Core.Agents;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

internal static class AgentsApi
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        api.Get("/agents", call => call.DoAsync(ListOf(call)), new("listAgents", "The agents in the order of their registration: their names, capabilities and tasks.")
        {
            Tagged = true,
            Query =
            [
                new("swarm", "Of this swarm only."),
                new("cursor", "From the answer before: the page after it."),
                new("limit", $"At most so many, 1 to {Limits.MaxPageSize}, default {Limits.MaxPageSize}.", "integer"),
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
        api.Post("/agents/{agent}/drain", call => call.DoAsync(new DrainAgent(call.Route("agent")) { By = call.By }), new("drainAgent", "No new work for the agent; what it has it may finish.")
        {
            Result = () => [HubJson.Default.AgentView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post("/agents/{agent}/resume", call => call.DoAsync(new ResumeAgent(call.Route("agent")) { By = call.By }), new("resumeAgent", "An agent that was drained is given work again.")
        {
            Result = () => [HubJson.Default.AgentView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Delete("/agents/{agent}", call => call.DoAsync(new RemoveAgent(call.Route("agent"), call.Query("reason")) { By = call.By }), new("removeAgent", "Takes an agent out for good; its tasks go to others at once.")
        {
            Query = [new("reason", "For people and for its worker.")],
            Result = () => [HubJson.Default.AgentView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.TooLarge],
        });
    }

    private static ListAgents ListOf(ApiCall call) =>
        new(call.Query("swarm")) { Cursor = call.Query("cursor"), Limit = call.QueryNumber("limit") ?? Limits.MaxPageSize, By = call.By };
}
