using System.Globalization;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>Sums the stored usage of some days by day, swarm, agent or model, in the swarms that the principal reaches.</summary>
/// <param name="Groups">What the rows are about; null or empty for models.</param>
public sealed record ShowCosts(IReadOnlyList<CostGroup>? Groups, DateOnly? From = null, DateOnly? To = null) : Query<CostReport>
{
    private const int Slice = 1_000;

    // The entities that one report examines, which bounds its time.
    private const int MaxRead = 500_000;

    public string? Swarm { get; init; }

    public string? Agent { get; init; }

    public string? Model { get; init; }

    internal override async Task<Outcome<CostReport>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var to = To ?? From ?? UsageLedger.DayOf(reader.Now);
        var from = From ?? to;
        if (Refusal(from, to) is { } refusal) return new(null, refusal, reader.Head);
        var groups = Groups is { Count: > 0 } ? Groups.ToHashSet() : [CostGroup.Model];
        var sums = new Dictionary<(DateOnly?, string?, string?, string?), UsageTotals>();
        var total = new UsageTotals();
        var read = 0;
        for (long? after = null; ;)
        {
            var page = await reader.QueryAsync(new(DayUsage.Entity.Name, Equal(from, to), Ascending: true, after, Slice), cancel);
            foreach (var stored in page.Entities)
            {
                if (reader.Parse(stored, BudgetFeature.Days) is not { } row) continue;
                var key = KeyOf(row, groups);
                sums[key] = UsageSums.Add(sums.GetValueOrDefault(key), row.Usage);
                total = UsageSums.Add(total, row.Usage);
            }

            read += page.Entities.Count;
            if (sums.Count > Limits.MaxCostRows || read > MaxRead)
                return new(null, new(ErrorCodes.TooLarge, "The report has too many rows: ask for fewer days, one swarm, or fewer groups."), page.At);
            if (page.Entities.Count < Slice) return new(new(Rows(sums), total, from, to), null, page.At);
            after = page.Entities[^1].Seq;
        }
    }

    private static CostRow[] Rows(Dictionary<(DateOnly? Day, string? Swarm, string? Agent, string? Model), UsageTotals> sums) =>
    [
        .. sums.OrderBy(s => s.Key.Day).ThenBy(s => s.Key.Swarm, StringComparer.Ordinal).ThenBy(s => s.Key.Agent, StringComparer.Ordinal)
            .ThenBy(s => s.Key.Model, StringComparer.Ordinal)
            .Select(s => new CostRow { Day = s.Key.Day, Swarm = s.Key.Swarm, Agent = s.Key.Agent, Model = s.Key.Model, Usage = s.Value }),
    ];

    private static (DateOnly?, string?, string?, string?) KeyOf(DayUsage row, HashSet<CostGroup> groups) => (
        groups.Contains(CostGroup.Day) ? row.Day : null,
        groups.Contains(CostGroup.Swarm) ? row.Swarm : null,
        groups.Contains(CostGroup.Agent) ? row.Agent : null,
        groups.Contains(CostGroup.Model) ? row.Model : null);

    private Error? Refusal(DateOnly from, DateOnly to)
    {
        if (!By.Allowed(Permissions.ReadTasks)) return new(ErrorCodes.Forbidden, By.Missing(Permissions.ReadTasks));
        if (Swarm is not null && !By.Reaches(Swarm)) return new(ErrorCodes.Forbidden, By.OutOfReach(Swarm));
        if (Groups?.Any(g => !Enum.IsDefined(g)) == true) return Bad("by is day, swarm, agent or model.");
        if (from > to) return Bad(string.Create(CultureInfo.InvariantCulture, $"from {from:yyyy-MM-dd} is after to {to:yyyy-MM-dd}."));
        return to.DayNumber - from.DayNumber >= Limits.MaxCostDays ? Bad($"A report has at most {Limits.MaxCostDays} days.") : null;
    }

    private Dictionary<string, IReadOnlyList<string>> Equal(DateOnly from, DateOnly to)
    {
        var days = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(n => DayUsage.NameOf(from.AddDays(n)));
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["day"] = [.. days] };
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (Agent is not null) equal["agent"] = [Agent];
        if (Model is not null) equal["model"] = [Model];
        return equal;
    }

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
