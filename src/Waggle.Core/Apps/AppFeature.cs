using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;

namespace Waggle.Core.Apps;

/// <summary>
/// The feature of messages that applications publish under <c>app.</c>. The stream class is not stored, so these records need no stored form.
/// </summary>
internal sealed class AppFeature : Feature
{
    public override IReadOnlyList<EntityType> Entities => [];

    public override IReadOnlyList<RecordType> Records => [];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["app"] = "app" };

    public override FeatureState Create(HiveContext hive) => new Stateless();

    private sealed class Stateless : FeatureState;
}

/// <summary>A message that an application publishes to its subscribers. Stream class: not stored.</summary>
public sealed record AppPublished(string AppTopic, RawJson Data) : RecordData
{
    /// <summary>The connection that does not receive its own message; null if every subscriber does.</summary>
    public string? Except { get; init; }

    public override string Kind => "app";

    public override string Topic => AppTopic;

    public override RecordClass Class => RecordClass.Stream;

    internal override ReadOnlyMemory<byte>? Text => Data.Utf8;
}
