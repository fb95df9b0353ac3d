using System.Text.Json.Serialization;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The body of the response to a rejected request.</summary>
internal sealed record Refusal(int Code, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : JsonSerializerContext;
