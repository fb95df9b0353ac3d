using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;

namespace Waggle.Chaos.Tests;

/// <summary>Folds the whole log from its beginning and compares the result with the stored entities.</summary>
internal static class LogAndState
{
    public static async Task AgreeAsync(IStore store)
    {
        var state = new HiveState(new HiveOptions(), NullLogger.Instance);
        var epochs = (await store.GetLogExtentAsync("default", CancellationToken.None)).Epochs;
        long after = 0;
        while (await store.ReadLogAsync("default", after, 1000, CancellationToken.None) is { Count: > 0 } rows)
        {
            foreach (var record in rows.SelectMany(row => RecordLog.Read(row, epochs)))
                state.Apply(FeatureCatalog.Typed(record), record.Position.Offset, record.At);
            after = rows[^1].LastOffset;
        }

        foreach (var entity in await AllAsync(store, TaskEntity.Entity.Name))
            Same(entity, JsonSerializer.Serialize(state.Task(entity.Id), TaskJson.Default.TaskEntity));
        foreach (var entity in await AllAsync(store, AttemptEntity.Entity.Name))
        {
            var attempt = TaskFeature.Attempts.Parse(entity);
            Same(entity, JsonSerializer.Serialize(state.Attempt(attempt.Task, attempt.Attempt), TaskJson.Default.AttemptView));
        }

        foreach (var entity in await AllAsync(store, AgentEntity.Entity.Name))
            Same(entity, JsonSerializer.Serialize(state.Agent(entity.Id), AgentJson.Default.AgentEntity));
    }

    // The store escapes fewer characters than the serializer's default, so both are compared in one form.
    private static void Same(StoredEntity entity, string folded) => Assert.Equal(
        JsonNode.Parse(folded)!.ToJsonString(),
        JsonNode.Parse(entity.Body.Span)!.ToJsonString());

    private static async Task<List<StoredEntity>> AllAsync(IStore store, string kind)
    {
        var all = new List<StoredEntity>();
        while (true)
        {
            var query = new EntityQuery(kind, new Dictionary<string, IReadOnlyList<string>>(), Ascending: true, After: all.Count == 0 ? null : all[^1].Seq, Limit: 1000);
            var page = await store.QueryAsync("default", query, CancellationToken.None);
            all.AddRange(page.Entities);
            if (page.Entities.Count < 1000) return all;
        }
    }
}
