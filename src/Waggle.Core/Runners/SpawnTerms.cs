using System.Text.Json.Serialization;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>The terms of a template by which an agent is supervised, as they were when it was requested.</summary>
public sealed record SpawnTerms
{
    public required RestartPolicy Restart { get; init; }
    public required long HelloTimeoutMs { get; init; }
    public required long BackoffMs { get; init; }
    public required long BackoffCapMs { get; init; }
    public required int CrashLoopCount { get; init; }
    public required long CrashLoopWindowMs { get; init; }

    [JsonIgnore]
    internal TimeSpan HelloTimeout => TimeSpan.FromMilliseconds(HelloTimeoutMs);

    [JsonIgnore]
    internal TimeSpan CrashLoopWindow => TimeSpan.FromMilliseconds(CrashLoopWindowMs);

    internal static SpawnTerms Of(RunnerTemplate template) => new()
    {
        Restart = template.Restart ?? RestartPolicy.OnFailure,
        HelloTimeoutMs = template.HelloTimeoutMs ?? 30_000,
        BackoffMs = template.BackoffMs ?? 1_000,
        BackoffCapMs = template.BackoffCapMs ?? 60_000,
        CrashLoopCount = template.CrashLoopCount ?? 5,
        CrashLoopWindowMs = template.CrashLoopWindowMs ?? 300_000,
    };

    /// <summary>Returns the pause before the next start: exponential, with full jitter above the half.</summary>
    /// <param name="ends">The number of ends within the window, the last one included.</param>
    internal TimeSpan Pause(int ends, Random dice)
    {
        var longest = Math.Min(BackoffMs * Math.Pow(2, Math.Min(ends - 1, 30)), BackoffCapMs);
        return TimeSpan.FromMilliseconds(longest * (1 + dice.NextDouble()) / 2);
    }
}
