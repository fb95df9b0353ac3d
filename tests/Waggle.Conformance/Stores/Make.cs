using System.Text;
using Waggle.Core.Ports;

namespace Waggle.Conformance.Stores;

/// <summary>Creates the entities and batches of the tests.</summary>
internal static class Make
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Time(int milliseconds) => Start.AddMilliseconds(milliseconds);

    public static StoredEntity Task(
        string id, long seq, string? state = "pending", string? swarm = null, string? key = null, int? closedAt = null, string body = "{}") =>
        new("task", id, seq, closedAt is { } at ? Time(at) : null, [state, swarm, key], Utf8(body));

    public static StoredEntity Note(string id, long seq, string body = "{}") => new("note", id, seq, null, [], Utf8(body));

    public static EntityKey Key(string id, string kind = "task") => new(kind, id);

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static EntityQuery Query(string? state = null, string? swarm = null) => Query(
        [.. new[] { ("state", state), ("swarm", swarm) }.Where(e => e.Item2 is not null).Select(e => (e.Item1, new[] { e.Item2! }))]);

    public static EntityQuery Query(params (string Column, string[] Values)[] equal) =>
        new("task", equal.ToDictionary(e => e.Column, e => (IReadOnlyList<string>)e.Values));
}
