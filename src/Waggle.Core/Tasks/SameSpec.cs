using System.Text.Json;
using Waggle.Core.Hives;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>Whether a request under a key is the one that the key was used for. By its meaning: neither the order of fields nor a default that is said makes another one.</summary>
internal static class SameSpec
{
    // Each try of one request has a trace of its own (W3C Trace Context).
    private static readonly string[] OfTheTry = ["traceparent", "tracestate"];

    public static bool Are(TaskSpec one, TaskSpec other) =>
        ReferenceEquals(one, other) || JsonElement.DeepEquals(Element(one), Element(other));

    private static JsonElement Element(TaskSpec spec)
    {
        var metadata = spec.Metadata?.Where(p => !OfTheTry.Contains(p.Key)).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var plain = spec with
        {
            Swarm = spec.Swarm ?? Swarms.SwarmEntity.DefaultId,
            Priority = spec.Priority ?? TaskDefaults.Priority,
            Metadata = metadata is { Count: > 0 } ? metadata : null,
        };
        return JsonSerializer.SerializeToElement(plain, CoreJson.Default.TaskSpec);
    }
}
