using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;

namespace Waggle.Core.Budgets;

/// <summary>The feature of reported usage, its costs, and budgets of tokens and money.</summary>
internal sealed class BudgetFeature : Feature
{
    public static readonly EntityType<DayUsage> Days = new(DayUsage.Entity, static () => BudgetJson.Default.DayUsage)
    {
        Id = d => d.Id,
        Row = d => new(d.Seq, EndOf(d.Day), [DayUsage.NameOf(d.Day), d.Swarm, d.Agent, d.Model]),
        VersionOf = d => d.V,
        Retention = o => o.UsageRetention,
    };

    public static readonly EntityType<SwarmUsage> Swarms = new(SwarmUsage.Entity, static () => BudgetJson.Default.SwarmUsage)
    {
        Id = s => s.Swarm,
        Row = s => new(s.Seq, null, []),
        VersionOf = s => s.V,
    };

    public static readonly EntityType<BudgetEntity> Budgets = new(BudgetEntity.Entity, static () => BudgetJson.Default.BudgetEntity)
    {
        Id = b => b.Id,
        Row = b => new(b.Seq, null, [b.Swarm]),
        VersionOf = b => b.V,
        Indispensable = true,
    };

    public override IReadOnlyList<EntityType> Entities => [Days, Swarms, Budgets];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("budget_set", static () => BudgetJson.Default.BudgetChanged),
        RecordType.Of("budget_state", static () => BudgetJson.Default.BudgetStateChanged),
        RecordType.Of("budget_removed", static () => BudgetJson.Default.BudgetRemoved),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["budget"] = "tasks" };

    public override FeatureState Create(HiveContext hive) => new BudgetsState(hive, (TasksState)hive.View<ITaskView>());

    private static DateTimeOffset EndOf(DateOnly day) => new(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(DayUsage))]
[JsonSerializable(typeof(SwarmUsage))]
[JsonSerializable(typeof(BudgetEntity))]
[JsonSerializable(typeof(BudgetChanged))]
[JsonSerializable(typeof(BudgetStateChanged))]
[JsonSerializable(typeof(BudgetRemoved))]
internal sealed partial class BudgetJson : JsonSerializerContext;
