using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Waggle.Core.Agents;
using Waggle.Core.Audit;
using Waggle.Core.Budgets;
using Waggle.Core.Bulk;
using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Durations;
using Waggle.Core.Hives;
using Waggle.Core.Identifiers;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Memory;
using Waggle.Core.Messaging;
using Waggle.Core.Notifications;
using Waggle.Core.Performance;
using Waggle.Core.Purges;
using Waggle.Core.Questions;
using Waggle.Core.Runners;
using Waggle.Core.Schedules;
using Waggle.Core.Schemas;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tokens;
using Waggle.Core.Topology;
using Waggle.Core.Workflows;

namespace Waggle.Core.Tests.Hives;

/// <summary>
/// Stored versions stay readable: Samples keeps each stored kind as a version wrote it, and it must still read as what it meant.
/// A sample is never changed; a new form of a kind adds a file beside it, named <c>kind.2.json</c>.
/// </summary>
public class StoredFormTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Samples");

    public static TheoryData<string> Kinds { get; } = [.. Features.All.SelectMany(f => f.Records).Select(r => r.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_stored_record_reads_as_what_it_meant(string kind)
    {
        var expected = SampleValues.Records.Single(r => r.Kind == kind);
        foreach (var file in Files(kind))
        {
            var read = FeatureCatalog.Record(kind).Read(File.ReadAllBytes(file), expected.Swarm);
            Assert.IsType(expected.GetType(), read);
            Assert.Equal((expected.Topic, expected.Class, expected.Swarm), (read.Topic, read.Class, read.Swarm));
            Assert.Equal(Text((RecordData)SampleValues.AsWritten(expected, Version(file))), Text(read));
        }
    }

    [Fact]
    public void Stored_entities_read_as_what_they_meant()
    {
        Check("entity.task", SampleValues.TaskEntity, TaskJson.Default.TaskEntity);
        Check("entity.attempt", SampleValues.Attempt, TaskJson.Default.AttemptView);
        Check("entity.rate_window", SampleValues.RateWindow, TaskJson.Default.RateWindow);
        Check("entity.agent", SampleValues.Agent, AgentJson.Default.AgentEntity);
        Check("entity.agent_secret", SampleValues.Secret, AgentJson.Default.AgentSecret);
        Check("entity.swarm", SampleValues.Swarm, SwarmJson.Default.SwarmEntity);
        Check("entity.conversation", SampleValues.Conversation, ChatJson.Default.ConversationEntity);
        Check("entity.chat_message", SampleValues.Message, ChatJson.Default.ChatMessageEntity);
        Check("entity.notification", SampleValues.Notification, NotificationJson.Default.NotificationEntity);
        Check("entity.notifications_seen", SampleValues.Seen, NotificationJson.Default.SeenEntity);
        Check("entity.memory", SampleValues.MemoryEntry, MemoryJson.Default.MemoryEntity);
        Check("entity.memory_namespace", SampleValues.MemoryNamespace, MemoryJson.Default.MemoryNamespaceEntity);
        Check("entity.memory_put", SampleValues.MemoryPut, MemoryJson.Default.MemoryPutEntity);
        Check("entity.memory_put_count", SampleValues.MemoryPutCount, MemoryJson.Default.MemoryPutCountEntity);
        Check("entity.proposal", SampleValues.Proposal, ConsensusJson.Default.ProposalEntity);
        Check("entity.ballot", SampleValues.Ballot, ConsensusJson.Default.BallotEntity);
        Check("entity.question", SampleValues.Question, QuestionJson.Default.QuestionEntity);
        Check("entity.workflow", SampleValues.Workflow, WorkflowJson.Default.WorkflowEntity);
        Check("entity.workflow_definition", SampleValues.Definition, WorkflowJson.Default.DefinitionEntity);
        Check("entity.workflow_run", SampleValues.Run, WorkflowJson.Default.RunEntity);
        Check("entity.workflow_input", SampleValues.RunInput, WorkflowJson.Default.RunInputEntity);
        Check("entity.workflow_step", SampleValues.Step, WorkflowJson.Default.StepEntity);
        Check("entity.spawn", SampleValues.Spawn, RunnerJson.Default.SpawnEntity);
        Check("entity.topology", SampleValues.Topology, TopologyJson.Default.TopologyEntity);
        Check("entity.agent_message", SampleValues.AgentMessage, MessagingJson.Default.MessageEntity);
        Check("entity.audit", SampleValues.AuditEntry, AuditJson.Default.AuditEntity);
        Check("entity.log_chunk", SampleValues.LogChunk, TaskLogJson.Default.LogChunkEntity);
        Check("entity.task_log", SampleValues.TaskLog, TaskLogJson.Default.TaskLogEntity);
        Check("entity.log_segment", SampleValues.LogSegment, TaskLogJson.Default.LogSegmentEntity);
        Check("entity.revoked_token", SampleValues.RevokedToken, TokenJson.Default.RevokedTokenEntity);
        Check("entity.budget", SampleValues.Budget, BudgetJson.Default.BudgetEntity);
        Check("entity.bulk", SampleValues.Bulk, BulkJson.Default.BulkEntity);
        Check("entity.purge", SampleValues.Purge, PurgeJson.Default.PurgeEntity);
        Check("entity.usage_day", SampleValues.DayUsage, BudgetJson.Default.DayUsage);
        Check("entity.usage_swarm", SampleValues.SwarmUsage, BudgetJson.Default.SwarmUsage);
        Check("entity.schedule", SampleValues.Schedule, ScheduleJson.Default.ScheduleEntity);
        Check("entity.alert", SampleValues.Alert, InsightJson.Default.AlertEntity);
        Check("entity.task_day", SampleValues.Day, InsightJson.Default.TaskDay);
        Check("entity.swarm_figures", SampleValues.Figures, PerformanceJson.Default.SwarmFigures);
        Check("entity.agent_durations", SampleValues.Durations, DurationJson.Default.AgentDurations);
        Check("entity.api_schema", SampleValues.Schema, SchemaJson.Default.SchemaEntity);
        Check("entity.id_counters", SampleValues.Counters, IdJson.Default.IdCounters);
        Assert.Equal(Hive.Kinds.Count, Directory.GetFiles(Folder, "entity.*.1.json").Length);
    }

    [Fact]
    public void The_samples_leave_no_field_without_a_value()
    {
        foreach (var record in SampleValues.Records)
        {
            var properties = FeatureCatalog.Record(record.Kind).Json.Properties.Where(p => p.Get is not null).Select(p => p.Name).Order();
            var written = JsonNode.Parse(Text(record))!.AsObject().Select(p => p.Key).Order();
            // Only a record that a purge has erased says so.
            string[] optional = record is Core.Tasks.TaskCreated or Core.Tasks.TaskProgressed or Core.Tasks.TaskLogged ? ["old_state", "purged"] : ["purged"];
            Assert.Equal(properties.Except(optional), written);
        }
    }

    [Fact]
    public void What_a_record_stores_is_its_particulars_and_nothing_that_its_envelope_says()
    {
        foreach (var record in SampleValues.Records)
        {
            var names = JsonNode.Parse(Text(record))!.AsObject().Select(p => p.Key);
            Assert.Empty(names.Intersect(["kind", "topic", "class", "swarm", "clears"]));
        }
    }

    [Fact]
    public void A_field_of_a_newer_version_does_not_lock_an_older_one_out()
    {
        var read = (Core.Agents.AgentRemoved)FeatureCatalog.Record("agent_removed").Read("""{"agent":"a1","name":"Ada","removed_by":"user","mood":{"x":[1]}}"""u8, "default");

        Assert.Equal("a1", read.Agent);
    }

    private static string[] Files(string kind)
    {
        var files = Directory.GetFiles(Folder, kind + ".*.json");
        Assert.True(files.Length > 0, $"Samples has no file for {kind}.");
        return files;
    }

    private static void Check<T>(string name, T expected, JsonTypeInfo<T> type)
    {
        foreach (var file in Files(name))
        {
            var read = JsonSerializer.Deserialize(File.ReadAllBytes(file), type)!;
            Assert.Equal(JsonSerializer.Serialize((T)SampleValues.AsWritten(expected!, Version(file)), type), JsonSerializer.Serialize(read, type));
        }
    }

    // kind.2.json
    private static int Version(string file) => int.Parse(file.Split('.')[^2], System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(RecordData data)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) FeatureCatalog.Record(data.Kind).Write(writer, data);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
