using Waggle.Dialects.Http;
using Waggle.Dialects.Mapping;

namespace Waggle.Dialects.CloudAgents;

/// <summary>The health check of the original's HTTP.</summary>
internal static class CloudAgentsHttp
{
    public static IReadOnlyList<DialectRoute> Routes { get; } =
    [
        new("GET", "/health", HealthAsync) { Open = true },
        new("GET", "/health/live", HealthAsync) { Open = true },
        new("GET", "/health/ready", HealthAsync) { Open = true },
        new("GET", "/api", AboutAsync) { Open = true },
    ];

    // The original's database and queue are one part here: the store of the hive. Healthy means that it could store a creation.
    private static Task<DialectReply> HealthAsync(DialectRequest request)
    {
        var answers = request.Hive.Store.TakesCreations;
        var word = answers ? "healthy"u8.ToArray() : "unhealthy"u8.ToArray();
        return Task.FromResult(DialectReply.Json(answers ? 200 : 503, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("status"u8, word);
            writer.WritePropertyName("timestamp"u8);
            IsoTime.Write(writer, request.Now);
            writer.WriteStartObject("components"u8);
            writer.WriteString("database"u8, word);
            writer.WriteString("queue"u8, word);
            writer.WriteEndObject();
            writer.WriteString("mode"u8, "durable"u8);
            writer.WriteEndObject();
        }));
    }

    private static Task<DialectReply> AboutAsync(DialectRequest request) => Task.FromResult(DialectReply.Json(200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, request.Hub);
        writer.WriteString("status"u8, "running"u8);
        writer.WriteString("websocket"u8, "/ws?token="u8);
        writer.WriteEndObject();
    }));
}
