using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// Something that happened, as the owner's loop decides it and as it changes the hive's state. Each derived type is one kind of record;
/// its JSON is what the log keeps, so its stored form stays readable for ever (tests/Waggle.Core.Tests keeps a sample of each).
/// </summary>
public abstract record RecordData
{
    [JsonIgnore]
    public abstract string Kind { get; }

    [JsonIgnore]
    public abstract string Topic { get; }

    [JsonIgnore]
    public virtual RecordClass Class => RecordClass.Durable;

    /// <summary>A topic of the latest class whose value is void from here on.</summary>
    [JsonIgnore]
    public virtual string? Clears => null;

    /// <summary>The entity that it creates: the prefix of the ids that a hive gives to its kind, and its id.</summary>
    [JsonIgnore]
    internal virtual (string Prefix, string Id)? Creates => null;

    /// <summary>The JSON of its data where it is passed on as it came; null: it is serialized.</summary>
    [JsonIgnore]
    internal virtual ReadOnlyMemory<byte>? Text => null;

    /// <summary>Kept in the record's envelope, not in its data.</summary>
    [JsonIgnore]
    public string? Swarm { get; init; }
}

public static class TypedRecords
{
    /// <summary>What a record says, typed; null for those that are not the hive's own (what applications publish, what the hub tells of itself).</summary>
    public static RecordData? Typed(this Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Payload as RecordData ?? (FeatureCatalog.IsRecord(record.Kind) ? RecordLog.Typed(record) : null);
    }
}

/// <summary>A change of the hive's state that is nobody else's business: neither logged nor published.</summary>
internal abstract record InternalData : RecordData
{
    public sealed override string Kind => "internal";

    public sealed override string Topic => "";
}
