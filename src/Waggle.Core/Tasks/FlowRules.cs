using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Checks the keys and limits of a task's flow control. Each error names the field, its rule and its value.</summary>
internal static class FlowRules
{
    private const double LeastWeight = 0.001;
    private const double MostWeight = 1_000;

    private const long LeastPeriodMs = 100;
    private const long DayMs = 86_400_000;

    public static Error? Problem(TaskSpec spec) => Limit(spec) ?? Share(spec.Fairness) ?? Creation(spec);

    private static Error? Limit(TaskSpec spec)
    {
        if (spec.Concurrency is { } concurrency)
        {
            if (KeyProblem("concurrency", concurrency.Key) is { } problem) return problem;
            if (concurrency.Limit is < 1 or > Limits.MaxConcurrency)
                return Bad($"concurrency.limit is 1 to {Limits.MaxConcurrency}; it was {concurrency.Limit}.");
        }

        if (spec.Rate is not { } rate) return null;
        if (KeyProblem("rate", rate.Key) is { } wrong) return wrong;
        if (rate.Limit is < 1 or > Limits.MaxRate) return Bad($"rate.limit is 1 to {Limits.MaxRate}; it was {rate.Limit}.");
        return Period("rate.per_ms", rate.PerMs, 30 * DayMs);
    }

    private static Error? Share(FairnessSpec? fairness)
    {
        if (fairness is null) return null;
        if (KeyProblem("fairness", fairness.Key) is { } problem) return problem;
        return fairness.Weight is null or (>= LeastWeight and <= MostWeight)
            ? null
            : Bad(FormattableString.Invariant($"fairness.weight is {LeastWeight} to {MostWeight}; it was {fairness.Weight}."));
    }

    private static Error? Creation(TaskSpec spec)
    {
        if (spec.Singleton is { } singleton)
        {
            if (KeyProblem("singleton", singleton.Key) is { } problem) return problem;
            if (spec.Debounce is not null) return Bad("singleton and debounce exclude each other.");
        }

        if (spec.Debounce is not { } debounce) return null;
        if (KeyProblem("debounce", debounce.Key) is { } wrong) return wrong;
        if (spec.DependsOn is { Count: > 0 }) return Bad("debounce and depends_on exclude each other.");
        return Period("debounce.period_ms", debounce.PeriodMs, DayMs);
    }

    private static Error? Period(string field, long value, long most) =>
        value < LeastPeriodMs || value > most ? Bad($"{field} is {LeastPeriodMs} to {most}; it was {value}.") : null;

    private static Error? KeyProblem(string field, string? key) => key switch
    {
        null or "" => Bad($"{field}.key is missing."),
        { Length: > Limits.MaxFlowKeyLength } => Bad($"{field}.key has at most {Limits.MaxFlowKeyLength} characters; it had {key.Length}."),
        _ when key.AsSpan().ContainsAnyInRange('\0', '\u001f') || string.IsNullOrWhiteSpace(key) =>
            Bad($"{field}.key is text without control characters."),
        _ => null,
    };

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
