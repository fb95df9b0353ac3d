using Waggle.Core.Ports;

namespace Waggle.Core.Schemas;

/// <summary>The HTTP API of the last start: the description of each operation, by its name <c>GET /api/v1/tasks</c>.</summary>
public sealed record SchemaEntity
{
    public const string OnlyId = "http";

    public static EntityKind Entity { get; } = new("api_schema", []);

    public int V { get; init; } = 1;
    public required string Version { get; init; }
    public required IReadOnlyDictionary<string, string> Operations { get; init; }
}
