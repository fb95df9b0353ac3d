using System.Text.Json.Serialization;
using Waggle.Core.Kernel;

namespace Waggle.Core.Schemas;

/// <summary>Records that the HTTP API differs from that of the start before.</summary>
public sealed record SchemaUpdated : RecordData
{
    [JsonIgnore]
    public override string Kind => "schema_updated";

    [JsonIgnore]
    public override string Topic => "system.schema";

    /// <summary>The version of the hub that found the changes.</summary>
    public required string Version { get; init; }

    /// <summary>The version of the start before.</summary>
    public required string OldVersion { get; init; }

    /// <summary>The changes, in the order of their endpoints.</summary>
    public required IReadOnlyList<SchemaChange> Changes { get; init; }
}

/// <param name="Type">endpoint_added | endpoint_removed | endpoint_changed</param>
/// <param name="Endpoint">The path, with the names of its parameters in braces.</param>
public sealed record SchemaChange(string Type, string Endpoint, string Method);

/// <summary>The API of this start. It is neither logged nor published; the commit stores it.</summary>
internal sealed record SchemaKept(SchemaEntity Schema) : InternalData;
