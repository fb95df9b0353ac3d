using Microsoft.AspNetCore.Routing;
using Waggle.Core.Insight;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class InsightApi
{
    private static readonly Dictionary<string, AlertState> States = Enum.GetValues<AlertState>()
        .ToDictionary(s => s.ToString(), StringComparer.OrdinalIgnoreCase);

    private static string StateNames { get; } = string.Join(", ", States.Keys).ToLowerInvariant();

    public static void MapInsight(this RouteGroupBuilder api)
    {
        api.Get("/system", call => call.DoAsync(new ShowSystem { By = call.By }), new(
            "showSystem", "The newest reading of machine, process and hub. A value that was not measured is null; reasons states why.")
        {
            Result = () => [HubJson.Default.SystemView],
            Errors = [ErrorCodes.NotAvailable],
        });
        api.Get("/alerts", ListAsync, new("listAlerts", "Alerts, newest first.")
        {
            Tagged = true,
            Query =
            [
                new("state", $"Only in these states: {StateNames}.", Many: true),
                new("cursor", "The cursor of the previous page."),
                new("limit", $"The page size, 1 to {Limits.MaxPageSize}, default 100.", "integer"),
            ],
            Result = () => [HubJson.Default.AlertPage],
        });
        api.Post("/alerts/{alert}/acknowledge", call => call.DoAsync(new AcknowledgeAlert(call.Route("alert")) { By = call.By }), new(
            "acknowledgeAlert", "Acknowledges an alert. It stays open until its condition ends.")
        {
            Result = () => [HubJson.Default.AlertView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.InvalidState],
        });
    }

    private static async Task ListAsync(ApiCall call)
    {
        var query = new AlertList { States = [.. call.QueryAll("state").Select(StateOf)], Cursor = call.Query("cursor"), Limit = call.QueryNumber("limit") };
        if (AlertListRules.Problem(query) is { } problem) throw new ApiFault(problem);
        await call.DoAsync(new ListAlerts(query) { By = call.By });
    }

    private static AlertState StateOf(string name) =>
        States.TryGetValue(name, out var state) ? state : throw ApiFault.Invalid($"state is one of {StateNames}.");
}
