using System.Text.Json;
using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows.Definitions;

/// <summary>The JSON of definitions. An unknown member is an error, because a misspelt condition must not be left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(WorkflowDefinition))]
internal sealed partial class DefinitionJson : JsonSerializerContext
{
    /// <exception cref="DefinitionException">The text is no definition.</exception>
    public static WorkflowDefinition Read(Protocol.Json.RawJson definition)
    {
        try
        {
            return JsonSerializer.Deserialize(definition.Utf8.Span, Default.WorkflowDefinition) ?? throw new DefinitionException("definition", "it is null");
        }
        catch (JsonException e)
        {
            // The place comes first, as with every other problem of a definition.
            var place = e.Path is null or "$" ? "definition" : e.Path.StartsWith("$.", StringComparison.Ordinal) ? e.Path[2..] : e.Path;
            var fault = JsonFault.Describe(new JsonException(e.Message, null, null, null, e.InnerException));
            throw new DefinitionException(JsonFault.Clip(place), fault.TrimEnd('.'));
        }
    }

    public static Protocol.Json.RawJson Write(WorkflowDefinition definition) =>
        Protocol.Json.RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(definition, Default.WorkflowDefinition));
}
