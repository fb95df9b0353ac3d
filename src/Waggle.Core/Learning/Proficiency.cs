using Waggle.Core.Ports;

namespace Waggle.Core.Learning;

/// <summary>The evidence of an agent's proficiencies. A value is immutable.</summary>
public sealed record AgentProficiencies
{
    public static EntityKind Entity { get; } = new("proficiency", []);

    public int V { get; init; } = 1;
    public required string Agent { get; init; }

    /// <summary>The offset of the record that brought the first evidence, which no other entity of this kind has.</summary>
    public required long Seq { get; init; }

    /// <summary>The evidence by capability.</summary>
    public required IReadOnlyDictionary<string, Proficiency> Capabilities { get; init; }

    internal Proficiency? this[string capability] => Capabilities.GetValueOrDefault(capability);

    internal AgentProficiencies With(string capability, Proficiency known) => this with
    {
        Capabilities = new Dictionary<string, Proficiency>(Capabilities, StringComparer.Ordinal) { [capability] = known },
    };
}

/// <summary>
/// The evidence of an agent's proficiency in one capability: the sums of the weights of its successes and failures, reduced by all that was forgotten until
/// the last outcome. A value is immutable.
/// </summary>
public sealed record Proficiency
{
    public required double Successes { get; init; }
    public required double Failures { get; init; }

    /// <summary>The number of outcomes that counted. It forgets nothing.</summary>
    public required long Outcomes { get; init; }

    /// <summary>The number of outcomes that a check of the hub decided. It forgets nothing.</summary>
    public required long Checked { get; init; }

    /// <summary>The time of the last outcome.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The mean of the last <see cref="ProficiencyChanged"/>; null before the first.</summary>
    public double? Recorded { get; init; }


    internal static Proficiency None(DateTimeOffset at) => new() { Successes = 0, Failures = 0, Outcomes = 0, Checked = 0, At = at };

    internal Proficiency With(Evidence evidence, DateTimeOffset at)
    {
        var kept = LearningRule.Kept(at - At) * LearningRule.Kept(evidence.Weight);
        return this with
        {
            Successes = (Successes * kept) + (evidence.Success ? evidence.Weight : 0),
            Failures = (Failures * kept) + (evidence.Success ? 0 : evidence.Weight),
            Outcomes = Outcomes + 1,
            Checked = Checked + (evidence.Checked ? 1 : 0),
            At = at > At ? at : At,
        };
    }
}
