using System.Text.Json.Serialization;
using Waggle.Core.Kernel;

namespace Waggle.Core.Learning;

/// <summary>Records that the mean of a learned proficiency differs visibly from the one that was recorded before.</summary>
public sealed record ProficiencyChanged : RecordData
{
    [JsonIgnore]
    public override string Kind => "proficiency_changed";

    [JsonIgnore]
    public override string Topic => $"agent.{Agent}.proficiency";

    public required string Agent { get; init; }
    public required string Name { get; init; }

    /// <summary>The agent's type, see <see cref="Waggle.Protocol.Model.AgentView.Type"/>.</summary>
    public string? Type { get; init; }
    public required string Capability { get; init; }
    public required double Declared { get; init; }

    /// <summary>The mean that was recorded before; the mean of the declared proficiency for the first change.</summary>
    public required double From { get; init; }
    public required double To { get; init; }

    /// <summary>The ends of the interval that holds the proficiency with a probability of 90 %.</summary>
    public required double Lower { get; init; }
    public required double Upper { get; init; }

    /// <summary>The weight of the evidence that is not forgotten, in checked outcomes.</summary>
    public required double Evidence { get; init; }

    /// <summary>The number of outcomes that counted, and of those among them that a check decided.</summary>
    public required long Outcomes { get; init; }
    public required long Checked { get; init; }
}

/// <summary>A draw from the distribution of a proficiency, by which the matcher compares agents. It exists in memory only.</summary>
internal sealed record ProficiencyDrawn(string Agent, string Capability, double Value) : InternalData;

/// <summary>Notes that all that was loaded has draws.</summary>
internal sealed record LoadedDrawn : InternalData;
