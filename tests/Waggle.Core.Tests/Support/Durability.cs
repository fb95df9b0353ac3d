using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Agents;
using Waggle.Core.Chat;
using Waggle.Core.Hives;
using Waggle.Core.Insight;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;

namespace Waggle.Core.Tests.Support;

/// <summary>That memory, store and log tell the same story. Compared as JSON: what is stored is what counts.</summary>
internal static class Durability
{
    public static void Check(TestHive hive)
    {
        var stored = Stored(hive);
        Assert.Equal(Folded(hive), stored.Where(p => !p.Key.StartsWith("agent_secret/", StringComparison.Ordinal)).ToDictionary());
        Assert.Equal(Remembered(hive.State), Open(hive, stored));
        ReloadIsTheSame(hive);
    }

    /// <summary>The log read back and applied to an empty state, row by row.</summary>
    private static Dictionary<string, string> Folded(TestHive hive)
    {
        var extent = hive.Store.GetLogExtentAsync(hive.Options.Hive, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var engine = new HiveEngine(hive.Options, new Random(0), NullLogger.Instance);
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in hive.Store.Log(hive.Options.Hive))
        {
            foreach (var record in RecordLog.Read(row, extent.Epochs))
            {
                Fetch(engine.State, RecordLog.Typed(record), folded);
                engine.State.Apply(RecordLog.Typed(record), record.Position.Offset, row.At);
            }

            foreach (var entity in engine.Seal(0).Commit?.Entities ?? []) folded[$"{entity.Kind}/{entity.Id}"] = Text(entity);
            engine.End();
        }

        return folded;
    }

    // What is cold was fetched before it was changed.
    private static void Fetch(HiveState state, RecordData record, Dictionary<string, string> folded)
    {
        if (record is MessagePosted posted && state.Conversation(posted.Conversation) is null) state.PutCold(Read(folded[$"conversation/{posted.Conversation}"], CoreJson.Default.ConversationEntity));
        if (record is NotificationsSeen seen && folded.TryGetValue($"notifications_seen/{SeenEntity.KeyOf(seen.User).Id}", out var text)) state.PutCold(Read(text, CoreJson.Default.SeenEntity));
    }

    private static T Read<T>(string text, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text[(text.IndexOf('|', StringComparison.Ordinal) + 1)..], type)!;

    private static Dictionary<string, string> Stored(TestHive hive) =>
        hive.Store.Entities(hive.Options.Hive).ToDictionary(e => $"{e.Kind}/{e.Id}", Text, StringComparer.Ordinal);

    private static Dictionary<string, string> Open(TestHive hive, Dictionary<string, string> stored) =>
        hive.Store.Entities(hive.Options.Hive).Where(e => e.ClosedAt is null).Select(e => $"{e.Kind}/{e.Id}").ToDictionary(k => k, k => stored[k][(stored[k].IndexOf('|', StringComparison.Ordinal) + 1)..]);

    private static Dictionary<string, string> Remembered(HiveState state)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var task in state.Tasks) all[$"task/{task.Id}"] = JsonSerializer.Serialize(task, CoreJson.Default.TaskEntity);
        foreach (var swarm in state.Swarms) all[$"swarm/{swarm.Id}"] = JsonSerializer.Serialize(swarm, CoreJson.Default.SwarmEntity);
        foreach (var alert in state.OpenAlerts) all[$"alert/{alert.Id}"] = JsonSerializer.Serialize(alert, CoreJson.Default.AlertEntity);
        if (state.Ids is { } ids) all[$"{IdCounters.Entity.Name}/{IdCounters.OnlyId}"] = JsonSerializer.Serialize(ids, CoreJson.Default.IdCounters);
        if (state.TaskDay is { } day) all[$"task_day/{TaskDay.OnlyId}"] = JsonSerializer.Serialize(day, CoreJson.Default.TaskDay);
        foreach (var agent in state.Agents)
        {
            all[$"agent/{agent.Id}"] = JsonSerializer.Serialize(agent, CoreJson.Default.AgentEntity);
            all[$"agent_secret/{agent.Id}"] = JsonSerializer.Serialize(new AgentSecret(agent.Id, state.SecretOf(agent.Id)!), CoreJson.Default.AgentSecret);
        }

        return all;
    }

    private static void ReloadIsTheSame(TestHive hive)
    {
        var engine = new HiveEngine(hive.Options, new Random(0), NullLogger.Instance);
        engine.LoadAsync(hive.Store, hive.Tenure, hive.Now, CancellationToken.None).GetAwaiter().GetResult();
        Assert.Equal(Remembered(hive.State), Remembered(engine.State));
        Assert.Equal(Queues(hive.State), Queues(engine.State));
        foreach (var task in hive.State.Tasks)
        {
            Assert.Equal(hive.State.Timers.DueOf(task.Key), engine.State.Timers.DueOf(task.Key));
            Assert.Equal(hive.State.OpenDependencies(task.Id), engine.State.OpenDependencies(task.Id));
            Assert.Equal(hive.State.Dependents(task.Id).Order(StringComparer.Ordinal), engine.State.Dependents(task.Id).Order(StringComparer.Ordinal));
            if (task.Spec.IdempotencyKey is { } key) Assert.Equal(task.Id, engine.State.TaskByIdempotencyKey(task.Swarm, key));
        }
    }

    private static string[] Queues(HiveState state) =>
        [.. state.Pending.Requirements.Select(r => $"{r.Need.Key}: {string.Join(' ', r.Queues.Values.SelectMany(q => q.Tasks).Order().Select(t => t.Task))}").Order(StringComparer.Ordinal)];

    private static string Text(StoredEntity entity) =>
        $"{entity.Seq} {entity.ClosedAt:O} {string.Join(',', entity.Columns)}|{Encoding.UTF8.GetString(entity.Body.Span)}";
}
