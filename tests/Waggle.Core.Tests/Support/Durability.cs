using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Chat;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Notifications;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Support;

/// <summary>That memory, store and log tell the same story. Compared as JSON: what is stored is what counts.</summary>
internal static class Durability
{
    public static void Check(TestHive hive)
    {
        var stored = Stored(hive);
        var logged = stored.Where(p => !IsUnlogged(p.Key)).ToDictionary(p => p.Key, p => WithoutCheckpoint(p.Key, p.Value));
        AssertSame(Folded(hive), logged);
        AssertSame(Remembered(hive.State), Open(hive, stored));
        ReloadIsTheSame(hive);
    }

    /// <summary>Fails with the first entity that differs, whole.</summary>
    private static void AssertSame(Dictionary<string, string> expected, Dictionary<string, string> actual)
    {
        foreach (var key in expected.Keys.Union(actual.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (wanted, found) = (expected.GetValueOrDefault(key), actual.GetValueOrDefault(key));
            Assert.True(wanted == found, $"{key} differs.\nExpected: {wanted ?? "absent"}\nActual:   {found ?? "absent"}");
        }
    }

    // Secrets, the audit log and log lines are in the store alone.
    private static bool IsUnlogged(string key) => key.Split('/')[0] is "agent_secret" or "audit" or "log_chunk" or "log_segment" or "task_log";

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
                Fetch(engine.State, FeatureCatalog.Typed(record), folded);
                engine.State.Apply(FeatureCatalog.Typed(record), record.Position.Offset, row.At);
            }

            var commit = engine.Seal(0).Commit;
            foreach (var entity in commit?.Entities ?? []) folded[$"{entity.Kind}/{entity.Id}"] = Text(entity);
            foreach (var removed in commit?.Removed ?? []) folded.Remove($"{removed.Kind}/{removed.Id}");
            engine.End();
        }

        return folded;
    }

    // Cold entities were fetched before they changed.
    private static void Fetch(HiveState state, RecordData record, Dictionary<string, string> folded)
    {
        EntityKey[] cold = record switch
        {
            MessagePosted posted => [new(ConversationEntity.Entity.Name, posted.Conversation)],
            NotificationsSeen seen => [SeenEntity.KeyOf(seen.User)],
            TaskUsed used => [new(TaskEntity.Entity.Name, used.Task), new(AttemptEntity.Entity.Name, AttemptEntity.Id(used.Task, used.Attempt))],
            _ => [],
        };
        foreach (var key in cold)
        {
            var table = state.Context.Table(key.Kind)!;
            if (table.OpenIds.Contains(key.Id) || !folded.TryGetValue($"{key.Kind}/{key.Id}", out var text)) continue;
            var head = text[..text.IndexOf('|', StringComparison.Ordinal)].Split(' ');
            var closed = head[1].Length > 0 ? DateTimeOffset.Parse(head[1], CultureInfo.InvariantCulture) : (DateTimeOffset?)null;
            table.Fetch(new StoredEntity(key.Kind, key.Id, long.Parse(head[0], CultureInfo.InvariantCulture), closed, [], Encoding.UTF8.GetBytes(text[(text.IndexOf('|', StringComparison.Ordinal) + 1)..])));
        }
    }

    private static Dictionary<string, string> Stored(TestHive hive) =>
        hive.Store.Entities(hive.Options.Hive).ToDictionary(e => $"{e.Kind}/{e.Id}", Text, StringComparer.Ordinal);

    private static Dictionary<string, string> Open(TestHive hive, Dictionary<string, string> stored) =>
        hive.Store.Entities(hive.Options.Hive).Where(e => e.ClosedAt is null).Select(e => $"{e.Kind}/{e.Id}").ToDictionary(k => k, k => stored[k][(stored[k].IndexOf('|', StringComparison.Ordinal) + 1)..]);

    private static Dictionary<string, string> Remembered(HiveState state)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in state.Context.Tables)
        {
            foreach (var id in table.OpenIds) all[$"{table.Type.Name}/{id}"] = Body(table, id);
        }

        return all;
    }

    private static string Body(EntityTable table, string id)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, JsonText.Checked)) table.Write(writer, id);
        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static void ReloadIsTheSame(TestHive hive)
    {
        var engine = new HiveEngine(hive.Options, new Random(0), NullLogger.Instance);
        engine.LoadAsync(hive.Store, hive.Tenure, hive.Now, CancellationToken.None).GetAwaiter().GetResult();
        AssertSame(Remembered(hive.State), Remembered(engine.State));
        Assert.Equal(Queues(hive.State), Queues(engine.State));
        foreach (var task in hive.State.Tasks)
        {
            Assert.Equal(hive.State.Timers.DueOf(task.Key), engine.State.Timers.DueOf(task.Key));
            Assert.Equal(hive.State.OpenDependencies(task.Id), engine.State.OpenDependencies(task.Id));
            Assert.Equal(hive.State.Dependents(task.Id).Order(StringComparer.Ordinal), engine.State.Dependents(task.Id).Order(StringComparer.Ordinal));
            if (task.Spec.IdempotencyKey is { } key) Assert.Equal(task.Id, engine.State.TaskByIdempotencyKey(task.Swarm, key));
        }
    }

    // The content of a checkpoint is in no record, as a secret is not.
    private static string WithoutCheckpoint(string key, string text) =>
        key.StartsWith("task/", StringComparison.Ordinal) ? Regex.Replace(text, """,?"checkpoint":(\[1\]|\d+)""", "") : text;

    // Which agents report no costs is known from their last reports alone: a restart forgets it, and their tasks join the others.
    private static string[] Queues(HiveState state) =>
    [
        .. state.Pending.Requirements
            .SelectMany(r => r.Queues.Values.SelectMany(q => q.Tasks).Select(t => (Key: Regex.Replace(r.Need.Key, "/-[^/]*", ""), Task: t)))
            .GroupBy(t => t.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key}: {string.Join(' ', g.Select(t => t.Task).Order().Select(t => t.Task))}")
            .Order(StringComparer.Ordinal),
    ];

    private static string Text(StoredEntity entity) =>
        $"{entity.Seq} {entity.ClosedAt:O} {string.Join(',', entity.Columns)}|{Encoding.UTF8.GetString(entity.Body.Span)}";
}
