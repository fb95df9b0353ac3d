using System.Text.Json.Serialization;
using Waggle.Protocol.Records;

namespace Waggle.Core.Kernel;

/// <summary>
/// A change or event, as the owner's loop decides it and as it changes the hive's state. Each derived type is one kind of record. Its JSON is the content of
/// the log, so its stored form stays readable for ever (tests/Waggle.Core.Tests keeps a sample of each).
/// </summary>
public abstract record RecordData
{
    [JsonIgnore]
    public abstract string Kind { get; }

    [JsonIgnore]
    public abstract string Topic { get; }

    [JsonIgnore]
    public virtual RecordClass Class => RecordClass.Durable;

    /// <summary>The topic of the latest class whose value this record clears.</summary>
    [JsonIgnore]
    public virtual string? Clears => null;

    /// <summary>The entity that the record creates: the id prefix of its kind, and its id.</summary>
    [JsonIgnore]
    internal virtual (string Prefix, string Id)? Creates => null;

    /// <summary>The only users that may receive the record; null if every reader of its topic may.</summary>
    [JsonIgnore]
    internal virtual IReadOnlyList<string>? Readers => null;

    /// <summary>The JSON of the data if it is published as it was received; null if the data is serialized.</summary>
    [JsonIgnore]
    internal virtual ReadOnlyMemory<byte>? Text => null;

    /// <summary>Whether a purge erased the payload of the record: texts are then <c>(purged)</c>, and what may be absent is absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Purged { get; init; }

    /// <summary>Returns the record without its payload, for a purge. A record without any payload is returned as it is.</summary>
    internal virtual RecordData Erased() => this;

    /// <summary>The swarm of the record. The record's envelope keeps it, not its data.</summary>
    [JsonIgnore]
    public string? Swarm { get; init; }
}

public static class TypedRecords
{
    /// <summary>Returns the typed data of a record; null for a record that the hive does not define (messages of applications, the hub's own events).</summary>
    public static RecordData? Typed(this Record record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Payload as RecordData ?? (FeatureCatalog.IsRecord(record.Kind) ? FeatureCatalog.Typed(record) : null);
    }
}

/// <summary>A change of the hive's state that the hive neither logs nor publishes.</summary>
internal abstract record InternalData : RecordData
{
    public sealed override string Kind => "internal";

    public sealed override string Topic => "";
}
