using System.Text.Json.Serialization;

namespace Waggle.Server.Mcp;

/// <summary>The types that tools serialize.</summary>
[JsonSerializable(typeof(Dictionary<string, string>), TypeInfoPropertyName = "Texts")]
internal sealed partial class ToolTypes : JsonSerializerContext;
