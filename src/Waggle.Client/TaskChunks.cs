using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>Splits a list of specs into messages that are certain to fit, without writing them twice: the sizes are upper bounds.</summary>
internal static class TaskChunks
{
    // The greatest size of a message's own fields and a spec's names, numbers and punctuation together.
    private const int Frame = 512;
    private const int Fixed = 700;

    public static IEnumerable<ArraySegment<TaskSpec>> Split(IReadOnlyList<TaskSpec> specs)
    {
        var all = specs as TaskSpec[] ?? [.. specs];
        var start = 0;
        long bytes = Frame;
        for (var i = 0; i < all.Length; i++)
        {
            var size = Bound(all[i]);
            // A spec that is too large goes alone, because the connection measures it exactly and reports the error.
            if (i > start && (i - start == Limits.MaxTasksPerCreate || bytes + size >= Limits.MaxMessageBytes))
            {
                yield return new ArraySegment<TaskSpec>(all, start, i - start);
                start = i;
                bytes = Frame;
            }

            bytes += size;
        }

        if (start < all.Length) yield return new ArraySegment<TaskSpec>(all, start, all.Length - start);
    }

    internal static long Bound(TaskSpec spec)
    {
        long size = Fixed + spec.Input.Utf8.Length;
        size += Text(spec.Title) + Text(spec.Type) + Text(spec.Swarm) + Text(spec.AssignTo) + Text(spec.Parent) + Text(spec.IdempotencyKey);
        foreach (var (capability, _) in spec.Requires ?? new Dictionary<string, double>()) size += Text(capability) + 28;
        foreach (var id in spec.DependsOn ?? []) size += Text(id);
        foreach (var (name, value) in spec.Metadata ?? new Dictionary<string, string>()) size += Text(name) + Text(value);
        return size;
    }

    // A character has at most six bytes (an escape), and a string has quotes and a separator.
    private static long Text(string? text) => text is null ? 0 : (6L * text.Length) + 4;
}
