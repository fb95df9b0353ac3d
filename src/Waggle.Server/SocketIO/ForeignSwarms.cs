using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Swarms;
using Waggle.Protocol.Model;
using Waggle.Server.Api;
using Waggle.Server.Door;
using Waggle.Server.Hosting;

namespace Waggle.Server.SocketIO;

/// <summary>
/// <c>POST /api/swarms</c> as clients of the Socket.IO dashboards send it: bare objects, 200. Agents are not made by naming a number or a topology, so what is answered
/// is what there is.
/// </summary>
internal static class ForeignSwarms
{
    private static readonly Operation Create = new("createForeignSwarm", "Creates a swarm, for clients of the Socket.IO dashboards.");

    public static void MapForeignSwarms(this IEndpointRouteBuilder app, HubService service) =>
        app.MapPost("/api/swarms", context => ApiHandler.RunAsync(context, CreateAsync, Create)).WithMetadata(service, DoorRule.Standard);

    private static async Task CreateAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ForeignSwarmsJson.Default.ForeignSwarmBody);
        var outcome = await call.AskAsync(new CreateSwarm(body.Name, null) { By = call.By });
        var swarm = (SwarmView)outcome.Value!;
        call.Http.Response.Headers[ApiAnswers.PositionHeader] = outcome.Head.ToString();
        await call.Http.Response.WriteAsJsonAsync(
            new ForeignSwarmView(swarm.Id, swarm.Name, "active", swarm.Agents, swarm.Tasks.Values.Sum(), swarm.CreatedAt), ForeignSwarmsJson.Default.ForeignSwarmView, cancellationToken: call.Gone);
    }
}

/// <summary>What else such a client says (topology, agents) is heard and not kept.</summary>
internal sealed record ForeignSwarmBody(string Name);

internal sealed record ForeignSwarmView(string Id, string Name, string Status, int Agents, int Tasks, DateTimeOffset CreatedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ForeignSwarmBody))]
[JsonSerializable(typeof(ForeignSwarmView))]
internal sealed partial class ForeignSwarmsJson : JsonSerializerContext;
