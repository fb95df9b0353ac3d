using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Server.Auth;

namespace Waggle.Server.Api;

/// <summary>Gives an agent at work its token for the MCP endpoint of its task (docs/mcp.md).</summary>
internal static class TaskAccessApi
{
    /// <param name="tokens">Null in development mode, where the endpoint needs no token.</param>
    public static void MapTaskAccess(this RouteGroupBuilder api, Func<TaskTokens?> tokens) => api.Post(
        "/leases/{task}/mcp", call => GrantAsync(call, tokens()),
        new("grantTaskMcp", "A token for /mcp/tasks/{task}, the MCP endpoint that is limited to the sub-tasks of the task. It holds as long as the lease.")
        {
            Headers = ResultsApi.LeaseHeaders,
            Result = () => [RestJson.Default.TaskMcpAccess],
            Errors = [ErrorCodes.NotFound, ErrorCodes.StaleLease, ErrorCodes.AgentInUse, ErrorCodes.NotAnAgent],
        });

    private static async Task GrantAsync(ApiCall call, TaskTokens? tokens)
    {
        var (lease, by) = await ResultsApi.ProveAsync(call);
        await call.AskAsync(new CheckLease(lease) { By = by });
        var task = (await call.AskAsync(new ShowTask(lease.Task) { By = Core.Principal.Hub(by.Hive) })).Value!;
        var granted = tokens?.Create(by, lease, task.Swarm);
        await call.AnswerAsync(new(new TaskMcpAccess(granted?.Token, granted?.ExpiresAt), null, call.Hive.Head), StatusCodes.Status200OK);
    }
}

/// <param name="Token">The token; null where the hub needs none.</param>
internal sealed record TaskMcpAccess(string? Token, DateTimeOffset? ExpiresAt);
