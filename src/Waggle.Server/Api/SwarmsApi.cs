using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Swarms;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class SwarmsApi
{
    public static void MapSwarms(this RouteGroupBuilder api)
    {
        api.Get("/swarms", call => call.DoAsync(new ListSwarms { By = call.By }), new("listSwarms", "The swarms, with counts of their agents and open tasks.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.SwarmPage],
        });
        api.Post("/swarms", CreateAsync, new("createSwarm", "Creates a swarm.")
        {
            Body = () => [RestClientJson.Default.SwarmBody],
            Status = StatusCodes.Status201Created,
            Result = () => [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.AlreadyExists, ErrorCodes.StoreFull],
        });
        api.Get("/swarms/{swarm}", call => call.DoAsync(new ShowSwarm(call.Route("swarm")) { By = call.By }), new("showSwarm", "One swarm.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Get("/swarms/{swarm}/topology", TopologyAsync, new(
            "showTopology", "A swarm's topology, and the place of each agent that is online, by id, in pages.")
        {
            Tagged = true,
            Query = [new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer")],
            Result = () => [HubJson.Default.TopologyPage],
            Errors = [ErrorCodes.NotFound],
        });
        api.Put("/swarms/{swarm}/topology", SetTopologyAsync, new("setTopology", "Gives a swarm another topology.")
        {
            Body = () => [RestClientJson.Default.TopologyBody],
            Result = () => [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.TooLarge],
        });
        api.Put("/swarms/{swarm}/quota", SetQuotaAsync, new(
            "setSwarmQuota", "Sets the open tasks, agents and bytes of memory that a swarm may have at a time, in place of its quota before.")
        {
            Body = () => [RestClientJson.Default.SwarmQuota],
            Result = () => [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.NotFound],
        });
        api.MapState("pause", SwarmState.Paused, new("pauseSwarm", "Stops assigning tasks in the swarm; running tasks continue."));
        api.MapState("resume", SwarmState.Active, new("resumeSwarm", "Resumes a paused or stopped swarm."));
        api.MapState("stop", SwarmState.Stopped, new("stopSwarm", "Pauses the swarm, cancels all its open tasks and rejects new ones until it is resumed."));
    }

    private static void MapState(this RouteGroupBuilder api, string verb, SwarmState state, Operation operation) => api.Post(
        $"/swarms/{{swarm}}/{verb}",
        call => call.DoAsync(new SetSwarmState(call.Route("swarm"), state) { By = call.By }),
        operation with
        {
            Result = () => [HubJson.Default.SwarmView],
            Errors = state == SwarmState.Paused ? [ErrorCodes.NotFound, ErrorCodes.SwarmStopped] : [ErrorCodes.NotFound],
        });

    private static async Task CreateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SwarmBody);
        var outcome = await call.AskAsync(new CreateSwarm(body.Name, body.Id, body.Topology) { By = call.By });
        call.Http.Response.Headers.Location = call.At($"/swarms/{Uri.EscapeDataString(outcome.Value!.Id)}");
        await call.AnswerAsync(outcome, StatusCodes.Status201Created);
    }

    private static async Task SetQuotaAsync(ApiCall call) =>
        await call.DoAsync(new SetSwarmQuota(call.Route("swarm"), await call.ReadAsync(RestClientJson.Default.SwarmQuota)) { By = call.By });

    private static Task TopologyAsync(ApiCall call) =>
        call.DoAsync(new ShowTopology(call.Route("swarm"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static async Task SetTopologyAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.TopologyBody);
        await call.DoAsync(new SetTopology(call.Route("swarm"), body.Topology, body.Reason) { By = call.By });
    }
}
