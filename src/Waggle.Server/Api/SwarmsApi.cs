using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class SwarmsApi
{
    public static void MapSwarms(this RouteGroupBuilder api)
    {
        api.Get("/swarms", call => call.DoAsync(new ListSwarms { By = call.By }), new("listSwarms", "The swarms, with counts of their agents and open tasks.")
        {
            Tagged = true,
            Result = [HubJson.Default.SwarmPage],
        });
        api.Post("/swarms", CreateAsync, new("createSwarm", "Creates a swarm.")
        {
            Body = [RestClientJson.Default.SwarmBody],
            Status = StatusCodes.Status201Created,
            Result = [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.AlreadyExists, ErrorCodes.StoreFull],
        });
        api.Get("/swarms/{swarm}", call => call.DoAsync(new ShowSwarm(call.Route("swarm")) { By = call.By }), new("showSwarm", "One swarm.")
        {
            Tagged = true,
            Result = [HubJson.Default.SwarmView],
            Errors = [ErrorCodes.NotFound],
        });
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SwarmBody);
        var outcome = await call.AskAsync(new CreateSwarm(body.Name, body.Id) { By = call.By });
        call.Http.Response.Headers.Location = $"{ApiRoutes.Prefix}/swarms/{Uri.EscapeDataString(((SwarmView)outcome.Value!).Id)}";
        await call.AnswerAsync(outcome, StatusCodes.Status201Created);
    }
}
