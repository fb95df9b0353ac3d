using Microsoft.AspNetCore.Routing;
using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

/// <summary>What workers report about their agents. A worker without a connection proves its agent by the secret.</summary>
internal static class AgentReportsApi
{
    private static readonly string[] Errors =
        [ErrorCodes.NotFound, ErrorCodes.NotAnAgent, ErrorCodes.AgentInUse, ErrorCodes.RateLimited, ErrorCodes.TooLarge];

    public static void MapAgentReports(this RouteGroupBuilder api)
    {
        api.Get("/agents/{agent}/reports", call => call.DoAsync(new ShowReports(call.Route("agent")) { By = call.By }), new(
            "showAgentReports", "The last health, metrics and log entries that the worker of an agent reported. None of it is measured by the hub.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.AgentReportsView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post("/agents/{agent}/health", HealthAsync, new("reportAgentHealth", "Reports the health of the agent.")
        {
            Body = () => [RestClientJson.Default.HealthBody],
            Errors = Errors,
        });
        api.Post("/agents/{agent}/metrics", MetricsAsync, new("reportAgentMetrics", "Reports numbers about the agent.")
        {
            Body = () => [RestClientJson.Default.MetricsBody],
            Errors = Errors,
        });
        api.Post("/agents/{agent}/log", LogAsync, new("logForAgent", "Sends log entries of the agent that belong to no task.")
        {
            Body = () => [RestClientJson.Default.AgentLogBody],
            Errors = Errors,
        });
    }

    private static async Task HealthAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.HealthBody);
        await SayAsync(call, body.Secret, by => new ReportHealth(body.Healthy, body.Message) { By = by });
    }

    private static async Task MetricsAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.MetricsBody);
        await SayAsync(call, body.Secret, by => new ReportMetrics(body.Metrics) { By = by });
    }

    private static async Task LogAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.AgentLogBody);
        await SayAsync(call, body.Secret, by => new LogForAgent(body.Entries) { By = by });
    }

    private static async Task SayAsync(ApiCall call, string secret, Func<Core.Principal, Command<NoResult>> command)
    {
        var agent = call.Route("agent");
        await call.AskAsync(new ProveAgent(agent, secret) { By = call.By });
        await call.DoAsync(command(call.By.For(agent)));
    }
}

internal sealed record HealthBody
{
    public required string Secret { get; init; }
    public required bool Healthy { get; init; }
    public string? Message { get; init; }
}

internal sealed record MetricsBody
{
    public required string Secret { get; init; }

    /// <summary>1 to 100 numbers by name.</summary>
    public required IReadOnlyDictionary<string, ReportedMetric> Metrics { get; init; }
}

internal sealed record AgentLogBody
{
    public required string Secret { get; init; }

    /// <summary>1 to 100.</summary>
    public required IReadOnlyList<AgentLogEntry> Entries { get; init; }
}
