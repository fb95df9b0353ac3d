using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Runners;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

/// <summary>Agents on runners. A runner itself connects by waggle.v1, because the hub sends it requests.</summary>
internal static class SpawnsApi
{
    private const int StandardLimit = 100;

    public static void MapSpawns(this RouteGroupBuilder api)
    {
        api.Get("/runners", call => call.DoAsync(new ListRunners { By = call.By }), new(
            "listRunners", "The runners, their templates and the numbers of their agents.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.RunnerPage],
        });
        api.Post("/spawns", SpawnAsync, new(
            "spawnAgents", "Starts agents of a role on a runner. The answer lists them as requested; follow agent.*.spawned and agent.*.failed.")
        {
            Body = () => [RestClientJson.Default.SpawnBody],
            Status = StatusCodes.Status202Accepted,
            Result = () => [HubJson.Default.SpawnPage],
            Errors =
            [
                ErrorCodes.NotFound, ErrorCodes.NotAvailable, ErrorCodes.QuotaExceeded, ErrorCodes.RateLimited, ErrorCodes.AlreadyExists,
                ErrorCodes.SwarmStopped, ErrorCodes.StoreFull,
            ],
        });
        api.Get("/spawns", ListAsync, new("listSpawns", "The agents that runners started, newest first, in pages.")
        {
            Tagged = true,
            Query =
            [
                new("swarm", "Only of this swarm."),
                new("runner", "Only on this runner."),
                new("state", "Only in this state, for example running."),
                new("cursor", "The cursor of the previous page."),
                new("limit", $"1 to {Limits.MaxPageSize}; {StandardLimit} if left out.", "integer"),
            ],
            Result = () => [HubJson.Default.SpawnPage],
        });
        api.Get("/spawns/{spawn}", call => call.DoAsync(new ShowSpawn(call.Route("spawn")) { By = call.By }), new(
            "showSpawn", "One agent that a runner started.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.SpawnView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post("/spawns/stop", StopAsync, new("stopAgents", "Stops agents that runners started: one, or a number of a role, the idle ones first.")
        {
            Body = () => [RestClientJson.Default.StopBody],
            Result = () => [HubJson.Default.SpawnPage],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.TooLarge],
        });
    }

    private static async Task SpawnAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.SpawnBody);
        var command = new SpawnAgents(body.Role, body.AgentType, body.Count ?? 1, body.Swarm, body.Capabilities, body.Name) { By = call.By };
        await call.DoAsync(command, StatusCodes.Status202Accepted);
    }

    private static async Task StopAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.StopBody);
        await call.DoAsync(new StopAgents(body.Agent, body.Role, body.Swarm, body.Count ?? 1, body.Reason) { By = call.By });
    }

    private static Task ListAsync(ApiCall call) => call.DoAsync(new ListSpawns(
        call.Query("swarm"), call.Query("runner"), StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? StandardLimit)
    { By = call.By });

    private static SpawnState? StateOf(ApiCall call)
    {
        if (call.Query("state") is not { } text) return null;
        foreach (var state in Enum.GetValues<SpawnState>())
        {
            if (SnakeCase.Of(state) == text) return state;
        }

        throw ApiFault.Invalid($"state is one of {string.Join(", ", Enum.GetValues<SpawnState>().Select(s => SnakeCase.Of(s)))}.");
    }
}

internal sealed record SpawnBody
{
    /// <summary>The role of a template; exactly one of this and <see cref="AgentType"/>.</summary>
    public string? Role { get; init; }
    public string? AgentType { get; init; }

    /// <summary>1 to 100; 1 if left out.</summary>
    public int? Count { get; init; }
    public string? Swarm { get; init; }

    /// <summary>Those capabilities of the template that the agents get; null for all.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>The id of the agent; with a count over 1, the beginning of their ids.</summary>
    public string? Name { get; init; }
}

internal sealed record StopBody
{
    /// <summary>The agent to stop; exactly one of this and <see cref="Role"/>.</summary>
    public string? Agent { get; init; }
    public string? Role { get; init; }
    public string? Swarm { get; init; }

    /// <summary>How many agents of the role; 1 if left out.</summary>
    public int? Count { get; init; }
    public string? Reason { get; init; }
}
