using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Core.Memory;
using Waggle.Core.Search;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Server.Mcp;

/// <summary><c>memory_search</c>, <c>memory_put</c></summary>
internal static class MemoryTools
{
    private const int MostRows = 50;
    private const int StandardRows = 10;
    private const int SecondMs = 1000;

    public static Task<JsonObject> SearchAsync(ToolCall call)
    {
        if (call.Has("query")) return FindAsync(call, call.Required("query"));
        if (call.Has("namespace") && call.Has("key")) return ReadAsync(call);
        throw ToolFault.Invalid("query is missing.", "Call the tool with query to search, or with namespace and key to read one entry.");
    }

    public static async Task<JsonObject> PutAsync(ToolCall call)
    {
        if (!call.Has("value") && !call.IsGiven("value")) throw ToolFault.Invalid("value is missing.", "Call the tool again with value.");
        var ttl = call.Number("ttl_seconds", 1, Limits.MaxMemoryTtlDays * 86_400L) * SecondMs;
        var put = new PutMemory(
            call.Id("namespace"), call.Id("key"), call.Json("value"), call.Swarm(), call.Number("if_version", 0, long.MaxValue), PutMemory.After(ttl))
        {
            By = call.By,
        };
        var entry = await call.AskAsync(put);
        return new JsonObject { ["namespace"] = entry.Namespace, ["key"] = entry.Key, ["version"] = entry.Version, ["bytes"] = entry.Bytes }
            .With("swarm", entry.Swarm)
            .With("expires_at", entry.ExpiresAt is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : null);
    }

    // The search ranks up to 100 entries at a time; a page is a part of them.
    private static async Task<JsonObject> FindAsync(ToolCall call, string query)
    {
        if (call.Has("key")) throw ToolFault.Invalid("query and key are both given.", "Give query to search, or namespace and key to read one entry.");
        var (ns, swarm) = (call.OptionalId("namespace"), call.Swarm());
        var cursor = new PageCursor("memory_search", query, ns, swarm);
        var from = (int)Math.Min(cursor.NumberOf(call), Limits.MaxSearchResults);
        var limit = (int)(call.Number("limit", 1, MostRows) ?? StandardRows);
        var most = Math.Min(from + limit + 1, Limits.MaxSearchResults);
        var found = await call.QueryAsync(new SearchMemory(query) { By = call.By, Namespace = ns, Swarm = swarm, Limit = most });
        return await ToolJson.FitAsync(limit, count =>
        {
            var rows = found.Results.Skip(from).Take(count).ToArray();
            var next = from + rows.Length < found.Results.Count ? from + rows.Length : (int?)null;
            return Task.FromResult(
                new JsonObject { ["results"] = new JsonArray([.. rows.Select(Row)]), ["score_kind"] = found.ScoreKind }.With("cursor", cursor.After(next)));
        });
    }

    private static async Task<JsonObject> ReadAsync(ToolCall call)
    {
        var (ns, key, swarm) = (call.Id("namespace"), call.Id("key"), call.Swarm());
        var cursor = new PageCursor("memory_search", ns, key, swarm, "value");
        var from = cursor.NumberOf(call);
        var entry = await call.QueryAsync(new GetMemory(ns, key, swarm) { By = call.By });
        var value = entry.Value.ToElement();
        var isText = value.ValueKind == JsonValueKind.String;
        var bytes = isText ? Encoding.UTF8.GetBytes(value.GetString()!) : entry.Value.Utf8.ToArray();
        return await ContentPieces.ReadAsync(
            () => new JsonObject { ["namespace"] = ns, ["key"] = key, ["version"] = entry.Version, ["type"] = isText ? "text" : "application/json" }
                .With("swarm", entry.Swarm),
            new MemoryStream(bytes), bytes.Length, from, cursor, () => throw new InvalidOperationException("A value is UTF-8."), call.Cancel);
    }

    private static JsonObject Row(MemoryHit hit) => new JsonObject
    {
        ["namespace"] = hit.Namespace,
        ["key"] = hit.Key,
        ["version"] = hit.Version,
        ["bytes"] = hit.Bytes,
    }
        .With("swarm", hit.Swarm)
        .With("score", hit.Score is { } score ? Math.Round(score, 3) : null)
        .With("excerpt", hit.Excerpt);
}
