using System.Text.Json.Serialization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Budgets;

/// <summary>
/// What an agent used on a day with one model. The days are cold: the hive holds those of today in memory, and a query reads the others.
/// </summary>
public sealed record DayUsage
{
    /// <summary>The name in place of an agent and a model beyond <see cref="UsageLedger.MaxRows"/>.</summary>
    public const string Others = "*";

    public static EntityKind Entity { get; } = new("usage_day", ["day", "swarm", "agent", "model"]);

    public int V { get; init; } = 1;

    /// <summary>The offset of the first record that counted, which no other entity of the kind has.</summary>
    public required long Seq { get; init; }

    /// <summary>The day in UTC, by the hive's time.</summary>
    public required DateOnly Day { get; init; }
    public required string Swarm { get; init; }
    public required string Agent { get; init; }
    public string? Model { get; init; }
    public required UsageTotals Usage { get; init; }

    [JsonIgnore]
    public string Id => IdOf(Day, Swarm, Agent, Model);

    public static string IdOf(DateOnly day, string swarm, string agent, string? model) => $"{NameOf(day)}/{swarm}/{agent}/{model}";

    public static string NameOf(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What a swarm used since it began, or since the hub counts usage.</summary>
public sealed record SwarmUsage
{
    public static EntityKind Entity { get; } = new("usage_swarm", []);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }
    public required string Swarm { get; init; }
    public required UsageTotals Usage { get; init; }
}
