using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The settings of a task, with the hive's defaults for those that the task leaves out.</summary>
internal static class TaskDefaults
{
    public const int Priority = 3;

    public static TimeSpan Lease(this TaskSpec spec, HiveOptions options) => Ms(spec.LeaseMs) ?? options.Lease;

    public static int MaxAttempts(this TaskSpec spec, HiveOptions options) => spec.MaxAttempts ?? options.MaxAttempts;

    public static int PoisonLosses(this TaskSpec spec, HiveOptions options) => spec.PoisonLosses ?? options.PoisonLosses;

    public static TimeSpan CancelGrace(this TaskSpec spec, HiveOptions options) => Ms(spec.CancelGraceMs) ?? options.CancelGrace;

    /// <summary>
    /// Computes an exponential back-off with full jitter: uniform between 0 and min(cap, base × 2^(n-1)). Marc Brooker, "Exponential Backoff and Jitter", AWS
    /// Architecture Blog, 2015.
    /// </summary>
    public static TimeSpan Backoff(this TaskSpec spec, int n, Random dice, HiveOptions options)
    {
        var cap = Ms(spec.BackoffCapMs) ?? options.BackoffCap;
        var first = Ms(spec.BackoffBaseMs) ?? options.BackoffBase;
        var most = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(n - 1, 30)));
        return TimeSpan.FromMilliseconds(Math.Floor(dice.NextDouble() * most));
    }

    public static TimeSpan? Ms(long? value) => value is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
}
