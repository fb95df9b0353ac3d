using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Checks the keys and limits of a task's flow control. Each error names the field, its rule and its value.</summary>
internal static class FlowRules
{
    private const double LeastWeight = 0.001;
    private const double MostWeight = 1_000;

    public static Error? Problem(TaskSpec spec)
    {
        if (spec.Concurrency is { } concurrency)
        {
            if (KeyProblem("concurrency", concurrency.Key) is { } problem) return problem;
            if (concurrency.Limit is < 1 or > Limits.MaxConcurrency)
                return Bad($"concurrency.limit is 1 to {Limits.MaxConcurrency}; it was {concurrency.Limit}.");
        }

        if (spec.Fairness is { } fairness)
        {
            if (KeyProblem("fairness", fairness.Key) is { } problem) return problem;
            if (fairness.Weight is { } weight && !(weight is >= LeastWeight and <= MostWeight))
                return Bad(FormattableString.Invariant($"fairness.weight is {LeastWeight} to {MostWeight}; it was {weight}."));
        }

        return null;
    }

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
