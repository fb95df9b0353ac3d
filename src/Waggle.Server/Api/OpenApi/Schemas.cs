using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Server.Api.OpenApi;

/// <summary>Generates JSON Schemas from the same contracts that read and write the bodies.</summary>
internal sealed class Schemas
{
    private readonly JsonSchemaExporterOptions _options;

    public Schemas() => _options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    public JsonObject Components { get; } = [];

    public JsonNode Of(IReadOnlyList<JsonTypeInfo> types) =>
        types.Count == 1 ? Of(types[0]) : new JsonObject { ["oneOf"] = new JsonArray([.. types.Select(Of)]) };

    public JsonNode Of(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return type.GetJsonSchemaAsNode(_options);
        var name = type.Type.Name;
        if (!Components.ContainsKey(name))
        {
            // The entry is added first, because the export of its fields returns here for fields that are objects themselves.
            Components[name] = new JsonObject();
            Components[name] = type.GetJsonSchemaAsNode(_options);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(Position)) return new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+:[0-9]+$" };
        if (type == typeof(RawJson)) return new JsonObject { ["description"] = "Any JSON." };
        return context.Path.Length > 0 && context.TypeInfo.Kind == JsonTypeInfoKind.Object ? Of(context.TypeInfo) : schema;
    }
}
