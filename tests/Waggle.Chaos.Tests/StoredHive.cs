using System.Text.Json;
using Waggle.Core.Ports;

namespace Waggle.Chaos.Tests;

/// <summary>Reads what a hub left in its store.</summary>
internal static class StoredHive
{
    /// <summary>The entities of a kind, by their ids.</summary>
    public static async Task<Dictionary<string, JsonElement>> EntitiesAsync(IStore store, string kind)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        long? after = null;
        while (true)
        {
            var query = new EntityQuery(kind, new Dictionary<string, IReadOnlyList<string>>(), Ascending: true, After: after, Limit: 1000);
            var page = await store.QueryAsync("default", query, CancellationToken.None);
            foreach (var entity in page.Entities) found.Add(entity.Id, JsonElement.Parse(entity.Body.Span));
            if (page.Entities.Count < 1000) return found;
            after = page.Entities[^1].Seq;
        }
    }

    /// <summary>The records of the log, which has no gaps.</summary>
    public static async Task<List<(long Offset, string Kind, JsonElement Data)>> LogAsync(IStore store)
    {
        var records = new List<(long, string, JsonElement)>();
        long after = 0;
        while (await store.ReadLogAsync("default", after, 1000, CancellationToken.None) is { Count: > 0 } rows)
        {
            foreach (var row in rows)
            {
                Assert.Equal(after + 1, row.FirstOffset);
                foreach (var record in JsonElement.Parse(row.Body.Span).EnumerateArray())
                    records.Add((record.GetProperty("o").GetInt64(), record.GetProperty("k").GetString()!, record.GetProperty("d")));
                after = row.LastOffset;
            }
        }

        return records;
    }
}
