using System.Globalization;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Budgets;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Server.Api;

internal static class BudgetsApi
{
    private const string Budgets = "/budgets";
    private const string Budget = $"{Budgets}/{{budget}}";

    public static void MapBudgets(this RouteGroupBuilder api)
    {
        api.Get("/costs", CostsAsync, new("showCosts", "The reported usage of some days and its known costs, by day, swarm, agent or model.")
        {
            Query =
            [
                new("by", "day, swarm, agent or model; may be repeated. Default: model."), new("swarm", "Only of this swarm."),
                new("agent", "Only of this agent."), new("model", "Only of this model."),
                new("from", "The first day in UTC, such as 2027-01-31. Default: the last day."),
                new("to", "The last day in UTC, inclusive. Default: today."),
            ],
            Result = () => [HubJson.Default.CostReport],
            Errors = [ErrorCodes.TooLarge],
        });
        api.Put(Budget, SetAsync, new("setBudget", "Creates a budget, or gives it another spec. Work that a raised budget held goes on.")
        {
            Body = () => [RestClientJson.Default.BudgetSpec],
            Result = () => [HubJson.Default.BudgetView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.AlreadyExists, ErrorCodes.QuotaExceeded, ErrorCodes.StoreFull, ErrorCodes.NotAvailable],
        });
        api.Get(Budgets, call => call.DoAsync(new ListBudgets { By = call.By }), new("listBudgets", "All budgets with what is used of them, by id.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.BudgetPage],
        });
        api.Get(Budget, call => call.DoAsync(new ShowBudget(call.Route("budget")) { By = call.By }), new("showBudget", "One budget with what is used of it.")
        {
            Tagged = true,
            Result = () => [HubJson.Default.BudgetView],
            Errors = [ErrorCodes.NotFound],
        });
        api.Delete(Budget, call => call.DoAsync(new RemoveBudget(call.Route("budget")) { By = call.By }), new(
            "removeBudget", "Deletes a budget; the work that it held goes on. The reply is the budget as it was.")
        {
            Result = () => [HubJson.Default.BudgetView],
            Errors = [ErrorCodes.NotFound],
        });
    }

    private static async Task SetAsync(ApiCall call) =>
        await call.DoAsync(new SetBudget(call.Route("budget"), await call.ReadAsync(RestClientJson.Default.BudgetSpec)) { By = call.By });

    private static Task CostsAsync(ApiCall call) => call.DoAsync(new ShowCosts([.. call.QueryAll("by").Select(GroupOf)], Day(call, "from"), Day(call, "to"))
    {
        Swarm = call.Query("swarm"),
        Agent = call.Query("agent"),
        Model = call.Query("model"),
        By = call.By,
    });

    private static CostGroup GroupOf(string text) =>
        SnakeCase.TryParse<CostGroup>(text, out var group) ? group : throw ApiFault.Invalid("by is day, swarm, agent or model.");

    private static DateOnly? Day(ApiCall call, string name) => call.Query(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw ApiFault.Invalid($"{name} is a day such as 2027-01-31.");
}
