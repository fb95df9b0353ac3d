using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// The sums of reported usage: of today by swarm, agent and model, and of each swarm since it began. A record changes one entity of each. Only the owner's loop
/// uses it.
/// </summary>
internal sealed class UsageLedger(HiveContext hive, EntityTable<DayUsage> days, EntityTable<SwarmUsage> swarms)
{
    /// <summary>
    /// The combinations of swarm, agent and model that are kept apart on one day, because each is in memory. The usage of a further combination is counted for
    /// its swarm under <see cref="DayUsage.Others"/>.
    /// </summary>
    public const int MaxRows = 100_000;

    private const int Slice = 1_000;

    private readonly Dictionary<string, DayUsage> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UsageTotals> _today = new(StringComparer.Ordinal);
    private UsageTotals _hiveToday = new();
    private UsageTotals _hive = new();
    private DateOnly _day;

    public static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>Returns the usage of a day that is today or later.</summary>
    /// <param name="swarm">The swarm; null for the whole hive.</param>
    public UsageTotals Today(string? swarm, DateTimeOffset now) =>
        DayOf(now) != _day ? new() : swarm is null ? _hiveToday : _today.GetValueOrDefault(swarm) ?? new();

    /// <summary>Returns the usage since the beginning.</summary>
    /// <param name="swarm">The swarm; null for the whole hive.</param>
    public UsageTotals Total(string? swarm) => swarm is null ? _hive : swarms[swarm]?.Usage ?? new();

    public void Add(TaskUsed record, long offset, DateTimeOffset at)
    {
        if (record.Swarm is not { } swarm) return;
        var day = DayOf(at);
        if (day != _day) Begin(day);
        var row = RowOf(day, swarm, record, offset);
        var (before, after) = (row.Usage, UsageSums.AddToDay(row.Usage, record.Added));
        _rows[row.Id] = row = row with { Usage = after };
        days.Put(row);
        Sum(swarm, UsageSums.Difference(after, before));
        var known = swarms[swarm] ?? new SwarmUsage { Seq = offset, Swarm = swarm, Usage = new() };
        swarms.Put(known with { Usage = UsageSums.Add(known.Usage, record.Added) });
        _hive = UsageSums.Add(_hive, record.Added);
    }

    /// <summary>Reads the rows of today.</summary>
    public async Task LoadAsync(IStore store, DateTimeOffset now, CancellationToken cancel)
    {
        Begin(DayOf(now));
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["day"] = [DayUsage.NameOf(_day)] };
        for (long? after = null; ;)
        {
            var page = await store.QueryAsync(hive.Hive, new EntityQuery(DayUsage.Entity.Name, equal, Ascending: true, after, Slice), cancel);
            foreach (var stored in page.Entities) Load(BudgetFeature.Days.Parse(stored));
            if (page.Entities.Count < Slice) return;
            after = page.Entities[^1].Seq;
        }
    }

    public void EndLoad()
    {
        foreach (var swarm in swarms.Open) _hive = UsageSums.Add(_hive, swarm.Usage);
    }

    public void Reset()
    {
        Begin(default);
        _hive = new();
    }

    private void Load(DayUsage row)
    {
        _rows[row.Id] = row;
        Sum(row.Swarm, row.Usage);
    }

    private void Sum(string swarm, UsageTotals added)
    {
        _today[swarm] = UsageSums.Add(_today.GetValueOrDefault(swarm), added);
        _hiveToday = UsageSums.Add(_hiveToday, added);
    }

    private DayUsage RowOf(DateOnly day, string swarm, TaskUsed record, long offset)
    {
        if (_rows.TryGetValue(DayUsage.IdOf(day, swarm, record.Agent, record.Usage.Model), out var known)) return known;
        var (agent, model) = (record.Agent, record.Usage.Model);
        if (_rows.Count >= MaxRows)
        {
            (agent, model) = (DayUsage.Others, DayUsage.Others);
            if (_rows.TryGetValue(DayUsage.IdOf(day, swarm, agent, model), out var others)) return others;
        }

        return new() { Seq = offset, Day = day, Swarm = swarm, Agent = agent, Model = model, Usage = new() };
    }

    private void Begin(DateOnly day)
    {
        _day = day;
        _rows.Clear();
        _today.Clear();
        _hiveToday = new();
    }
}
