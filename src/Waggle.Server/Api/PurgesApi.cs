using Microsoft.AspNetCore.Routing;
using Waggle.Core.Purges;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Api;

internal static class PurgesApi
{
    private const string Purges = "/purges";

    public static void MapPurges(this RouteGroupBuilder api)
    {
        api.Post($"{Purges}/count", CountAsync, new("countPurge", "What a purge would begin with. Nothing changes.")
        {
            Body = () => [RestClientJson.Default.PurgeSpec],
            Result = () => [HubJson.Default.PurgeCounted],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
        api.Post(Purges, StartAsync, new("startPurge", "Erases the payloads of a task that has ended, or of a subject. The hub works on it beside other work.")
        {
            Body = () => [RestClientJson.Default.PurgeSpec],
            Result = () => [HubJson.Default.PurgeView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull],
        });
        api.Get(Purges, ListAsync, new("listPurges", "Purges, newest first, in pages.")
        {
            Tagged = true,
            Query =
            [
                new("cursor", "The cursor of the previous page."), new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer"),
            ],
            Result = () => [HubJson.Default.PurgePage],
        });
        api.Get($"{Purges}/{{purge}}", call => call.DoAsync(new ShowPurge(call.Route("purge")) { By = call.By }), new(
            "showPurge", "One purge with its counts, and how far it is.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.PurgeView],
            Errors = [ErrorCodes.NotFound],
        });
    }

    private static async Task CountAsync(ApiCall call) =>
        await call.DoAsync(new CountPurge(await call.ReadAsync(RestClientJson.Default.PurgeSpec)) { By = call.By });

    private static async Task StartAsync(ApiCall call) =>
        await call.DoAsync(new StartPurge(await call.ReadAsync(RestClientJson.Default.PurgeSpec)) { By = call.By });

    private static Task ListAsync(ApiCall call) => call.DoAsync(new ListPurges(call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });
}
