using System.Text.Json;
using Waggle.Protocol.Records;

namespace Waggle.Core.Kernel;

/// <summary>
/// The kinds of records and the topic families of all features in this process. The stored form of a record is the same for every hive, so records can be read
/// without a hive. Thread-safe.
/// </summary>
internal static class FeatureCatalog
{
    private static readonly Lock Gate = new();
    private static volatile Snapshot Current = new([]);

    /// <summary>The permissions that readers of topics need, each once.</summary>
    public static IReadOnlyCollection<string> ReadRights => Current.ReadRights;

    /// <summary>Registers features. A feature that is registered already is skipped.</summary>
    public static void Add(IReadOnlyList<Feature> features)
    {
        lock (Gate)
        {
            var fresh = features.Where(f => !Current.Features.Any(known => known.GetType() == f.GetType())).ToArray();
            if (fresh.Length > 0) Current = new Snapshot([.. Current.Features, .. fresh]);
        }
    }

    public static bool IsRecord(string kind) => Current.Records.ContainsKey(kind);

    /// <exception cref="JsonException">No feature defines the kind.</exception>
    public static RecordType Record(string kind) =>
        Current.Records.TryGetValue(kind, out var type)
            ? type
            : throw new JsonException($"No feature of this version of Waggle knows the record kind '{kind}'.");

    /// <summary>The typed form of a record of a feature, for replay.</summary>
    public static RecordData Typed(Record record) => record.Payload as RecordData ?? Record(record.Kind).Read(record.Data.Span, record.Swarm);

    /// <summary>Returns the permission to read a family (a topic's first segment): <c>read:RESOURCE</c>; null for a family of no feature.</summary>
    public static string? ReadRight(ReadOnlySpan<char> family) => Current.Rights.TryGetValue(family, out var right) ? right : null;

    private sealed class Snapshot
    {
        public Snapshot(IReadOnlyList<Feature> features)
        {
            Features = features;
            Records = features.SelectMany(f => f.Records).ToDictionary(r => r.Kind, StringComparer.Ordinal);
            Families = features.SelectMany(f => f.Topics).ToDictionary(StringComparer.Ordinal);
            ReadRights = [.. Families.Values.Distinct(StringComparer.Ordinal).Select(r => $"read:{r}")];
            Rights = Families.ToDictionary(f => f.Key, f => $"read:{f.Value}", StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public IReadOnlyList<Feature> Features { get; }

        public Dictionary<string, RecordType> Records { get; }

        public Dictionary<string, string> Families { get; }

        public IReadOnlyList<string> ReadRights { get; }

        public Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Rights { get; }
    }
}
