using Microsoft.AspNetCore.Routing;
using Waggle.Core.Bulk;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class BulksApi
{
    private const string Bulks = "/bulks";
    private const string Bulk = $"{Bulks}/{{bulk}}";

    public static void MapBulks(this RouteGroupBuilder api)
    {
        api.Post($"{Bulks}/count", CountAsync, new("countBulk", "The number of tasks that a bulk would begin with. Nothing changes.")
        {
            Body = () => [RestClientJson.Default.BulkSpec],
            Result = () => [HubJson.Default.BulkCounted],
        });
        api.Post(Bulks, StartAsync, new("startBulk", "Cancels, retries or prioritizes all tasks that match a filter. The hub works on it in batches.")
        {
            Body = () => [RestClientJson.Default.BulkSpec],
            Result = () => [HubJson.Default.BulkView],
            Errors = [ErrorCodes.IdempotencyConflict, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull, ErrorCodes.TooLarge],
        });
        api.Get(Bulks, ListAsync, new("listBulks", "Bulks, newest first, in pages.")
        {
            Tagged = true,
            Query =
            [
                new("state", "Only in this state: running, done or stopped."), new("cursor", "The cursor of the previous page."),
                new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer"),
            ],
            Result = () => [HubJson.Default.BulkPage],
        });
        api.Get(Bulk, call => call.DoAsync(new ShowBulk(call.Route("bulk")) { By = call.By }), new("showBulk", "One bulk with its counts and failures.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.BulkView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Post($"{Bulk}/stop", call => call.DoAsync(new StopBulk(call.Route("bulk")) { By = call.By }), new(
            "stopBulk", "Stops a bulk before its next batch. What it changed stays changed.")
        {
            Result = () => [HubJson.Default.BulkView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
    }

    private static async Task CountAsync(ApiCall call) =>
        await call.DoAsync(new CountBulk(await call.ReadAsync(RestClientJson.Default.BulkSpec)) { By = call.By });

    private static async Task StartAsync(ApiCall call) =>
        await call.DoAsync(new StartBulk(await call.ReadAsync(RestClientJson.Default.BulkSpec)) { By = call.By });

    private static Task ListAsync(ApiCall call) =>
        call.DoAsync(new ListBulks(StateOf(call), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static BulkState? StateOf(ApiCall call) => call.Query("state") is not { } text ? null
        : SnakeCase.TryParse<BulkState>(text, out var state) ? state
        : throw ApiFault.Invalid("state is running, done or stopped.");
}
