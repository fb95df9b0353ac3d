using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waggle.Protocol.Json;

/// <summary>Writes enums as snake_case names and never as numbers, because a number would change its meaning when a member is added.</summary>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
