using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// Compares a request under an idempotency key with the first request under that key. It compares by meaning: neither the order of fields nor an explicit
/// default value makes another request.
/// </summary>
internal static class SameSpec
{
    // Each try of a request has a trace of its own (W3C Trace Context).
    private static readonly string[] OfTheTry = ["traceparent", "tracestate"];

    public static bool Are(TaskSpec one, TaskSpec other, HiveOptions options) =>
        ReferenceEquals(one, other) || JsonEquality.Are(Element(one, options), Element(other, options));

    // Fields with a default are written with it, empty collections are left out.
    private static JsonElement Element(TaskSpec spec, HiveOptions options)
    {
        var metadata = spec.Metadata?.Where(p => !OfTheTry.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var plain = spec with
        {
            Input = spec.Input.IsNull ? default : spec.Input,
            Swarm = spec.Swarm ?? Swarms.SwarmEntity.DefaultId,
            Requires = spec.Requires is { Count: > 0 } ? spec.Requires : null,
            Priority = spec.Priority ?? TaskDefaults.Priority,
            DependsOn = spec.DependsOn is { Count: > 0 } ? spec.DependsOn : null,
            Join = spec.Join ?? JoinRule.AllCompleted,
            Metadata = metadata is { Count: > 0 } ? metadata : null,
            LeaseMs = spec.LeaseMs ?? Ms(options.Lease),
            MaxAttempts = spec.MaxAttempts ?? options.MaxAttempts,
            PoisonLosses = spec.PoisonLosses ?? options.PoisonLosses,
            BackoffBaseMs = spec.BackoffBaseMs ?? Ms(options.BackoffBase),
            BackoffCapMs = spec.BackoffCapMs ?? Ms(options.BackoffCap),
            CancelGraceMs = spec.CancelGraceMs ?? Ms(options.CancelGrace),
            Fairness = spec.Fairness is { } fairness ? fairness with { Weight = fairness.Weight ?? 1 } : null,
            Singleton = spec.Singleton is { } singleton ? singleton with { OnConflict = singleton.OnConflict ?? SingletonConflict.Reject } : null,
        };
        return JsonSerializer.SerializeToElement(plain, TaskJson.Default.TaskSpec);
    }

    private static int Ms(TimeSpan span) => (int)Math.Min(span.TotalMilliseconds, int.MaxValue);
}
