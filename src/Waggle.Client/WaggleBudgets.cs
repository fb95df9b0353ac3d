using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Costs of reported usage, and budgets of tokens and money. Thread-safe.</summary>
/// <remarks>
/// Every method throws <see cref="WaggleException"/> with the hub's error code: <c>FORBIDDEN</c>, <c>INVALID_REQUEST</c> and the codes that a method names.
/// </remarks>
/// <example>
/// <code>
/// await client.Budgets.SetAsync("crawl-today", new BudgetSpec { Swarm = "crawl", Period = BudgetPeriod.Day, CostUsd = 5 });
/// CostReport today = await client.Budgets.CostsAsync([CostGroup.Swarm, CostGroup.Model]);
/// foreach (CostRow row in today.Rows) Console.WriteLine($"{row.Swarm} {row.Model}: {row.Usage.CostUsd} USD");
/// </code>
/// </example>
public sealed class WaggleBudgets
{
    private readonly WaggleClient _client;

    internal WaggleBudgets(WaggleClient client) => _client = client;

    /// <summary>Creates a budget, or gives it another spec. Work that a raised budget held goes on. The same spec again changes nothing.</summary>
    /// <param name="budget">The id, which the caller chooses.</param>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c> (the swarm or task), <c>ALREADY_EXISTS</c> (in a swarm that the token does not reach),
    /// <c>QUOTA_EXCEEDED</c>, <c>STORE_FULL</c>.</exception>
    public Task<BudgetView> SetAsync(string budget, BudgetSpec spec, CancellationToken cancel = default) =>
        _client.CommandAsync(new BudgetSet { Budget = budget, Spec = spec }, HubJson.Default.BudgetView, cancel);

    /// <summary>Deletes a budget. The work that it held goes on.</summary>
    /// <returns>The budget as it was.</returns>
    /// <exception cref="WaggleException"><c>NOT_FOUND</c>.</exception>
    public Task<BudgetView> RemoveAsync(string budget, CancellationToken cancel = default) =>
        _client.CommandAsync(new BudgetRemove { Budget = budget }, HubJson.Default.BudgetView, cancel, repeatable: false);

    /// <summary>Returns one budget; null if there is none.</summary>
    public async Task<BudgetView?> GetAsync(string budget, CancellationToken cancel = default)
    {
        try
        {
            return await _client.CommandAsync(new BudgetShow { Budget = budget }, HubJson.Default.BudgetView, cancel);
        }
        catch (WaggleException e) when (e.Code == ErrorCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Lists the budgets by id.</summary>
    public async Task<IReadOnlyList<BudgetView>> ListAsync(CancellationToken cancel = default) =>
        (await _client.CommandAsync(new BudgetList(), HubJson.Default.BudgetPage, cancel)).Budgets;

    /// <summary>Returns the reported usage of some days and its known costs.</summary>
    /// <param name="by">What the rows are about; null for models.</param>
    /// <param name="from">The first day in UTC; null for <paramref name="to"/>.</param>
    /// <param name="to">The last day in UTC, inclusive; null for today.</param>
    /// <param name="swarm">Counts only this swarm; null for all.</param>
    /// <param name="agent">Counts only this agent; null for all.</param>
    /// <param name="model">Counts only this model; null for all.</param>
    /// <exception cref="WaggleException"><c>TOO_LARGE</c> (more than 10,000 rows).</exception>
    public Task<CostReport> CostsAsync(
        IReadOnlyList<CostGroup>? by = null, DateOnly? from = null, DateOnly? to = null, string? swarm = null, string? agent = null, string? model = null,
        CancellationToken cancel = default) =>
        _client.CommandAsync(
            new CostShow { By = by, From = from, To = to, Swarm = swarm, Agent = agent, Model = model }, HubJson.Default.CostReport, cancel);
}
