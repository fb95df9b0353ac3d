using System.Text.Json.Serialization;
using Waggle.Protocol.Json;

namespace Waggle.Protocol.Model;

/// <summary>What the rows of a cost report are about.</summary>
[JsonConverter(typeof(SnakeCaseEnum<CostGroup>))]
public enum CostGroup
{
    /// <summary>A day in UTC.</summary>
    Day,
    Swarm,
    Agent,
    Model,
}

/// <summary>The usage of a day, swarm, agent or model, or of a combination of them. A field that the report does not group by is null.</summary>
public sealed record CostRow
{
    public DateOnly? Day { get; init; }
    public string? Swarm { get; init; }

    /// <summary>The agent; <c>*</c> for the agents beyond the 100,000 combinations that the hub keeps apart each day.</summary>
    public string? Agent { get; init; }

    /// <summary>The model; null if the worker did not name it, or if the report does not group by model.</summary>
    public string? Model { get; init; }
    public required UsageTotals Usage { get; init; }
}

/// <summary>The usage of some days.</summary>
/// <param name="Rows">The rows by day, then by swarm, agent and model.</param>
/// <param name="From">The first day in UTC.</param>
/// <param name="To">The last day in UTC, inclusive.</param>
public sealed record CostReport(IReadOnlyList<CostRow> Rows, UsageTotals Total, DateOnly From, DateOnly To);
