using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol.Json;

/// <summary>Enums travel as snake_case names, never as numbers: a number would change its meaning when a member is added.</summary>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
