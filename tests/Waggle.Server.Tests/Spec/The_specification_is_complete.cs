using System.Buffers;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Waggle.Core.Apps;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;

namespace Waggle.Server.Tests.Spec;

/// <summary>The specification describes every message of the code, and no others.</summary>
public sealed class The_specification_is_complete
{
    private static readonly string[] LeaseFields = ["task", "attempt", "token"];
    private static readonly string[] OfEveryTaskRecord = ["task", "title", "old_state", "state", "priority"];
    private static readonly string[] OfEveryAgentRecord = ["agent", "name"];

    // A purge may take the payload of any record, which then says so (section "Purges").
    private static readonly string[] OfEveryRecord = ["purged"];

    private static readonly string[] OfEveryAlertRecord =
        ["alert", "state", "rule", "resource", "module", "level", "title", "message", "metric", "unit", "value", "threshold", "resolve_at", "trend", "since"];

    [Fact]
    public void Every_client_message_is_described_with_its_fields()
    {
        var described = SpecPage.Protocol.Table("Messages of a client").ToDictionary(r => SpecPage.Names(r[0]).Single(), r => ClientFields(r[1]));
        AssertSame(MessageTypes.ClientTypes, described.Keys);
        foreach (var type in Derived<ClientMessage>())
            AssertSame(Fields(type).Except(["type", "id"]), described[Make<ClientMessage>(type).Type], $"of {Make<ClientMessage>(type).Type}");
    }

    [Fact]
    public void Every_hub_message_is_described_with_its_fields()
    {
        var described = SpecPage.Protocol.Table("Messages of the hub").ToDictionary(r => SpecPage.Names(r[0]).Single(), r => SpecPage.Names(r[1]));
        AssertSame(MessageTypes.HubTypes, described.Keys);
        foreach (var type in Derived<HubMessage>())
            AssertSame(Fields(type).Except(["type"]), described[Make<HubMessage>(type).Type], $"of {Make<HubMessage>(type).Type}");
    }

    [Fact]
    public void Every_field_of_a_task_spec_and_of_an_agents_hello_is_described()
    {
        AssertSame(Fields(typeof(TaskSpec)), SpecPage.Protocol.Table("Tasks").Select(r => SpecPage.Names(r[0]).Single()));
        AssertSame(Fields(typeof(AgentHello)), SpecPage.Protocol.Table("Messages of a client", "The `agent` of a hello").Select(r => SpecPage.Names(r[0]).Single()));
    }

    [Fact]
    public void Every_kind_of_record_is_described_with_its_class_and_fields()
    {
        var described = SpecPage.Protocol.Table("Kinds of records").ToDictionary(r => SpecPage.Names(r[0]).Single());
        var kinds = Derived<RecordData>().Where(t => !t.IsSubclassOf(typeof(InternalData))).Select(t => (Type: t, Data: Make<RecordData>(t))).ToArray();
        AssertSame(kinds.Select(k => k.Data.Kind), described.Keys);
        foreach (var (type, data) in kinds)
        {
            var row = described[data.Kind];
            Assert.Equal(data.Class, Enum.Parse<RecordClass>(row[1], ignoreCase: true));
            if (type == typeof(AppPublished)) continue;
            string[] shared = data.Kind.StartsWith("task_", StringComparison.Ordinal) ? OfEveryTaskRecord
                : data.Kind.StartsWith("agent_", StringComparison.Ordinal) ? OfEveryAgentRecord
                : data.Kind.StartsWith("alert_", StringComparison.Ordinal) ? OfEveryAlertRecord : [];
            AssertSame(Fields(type).Except(OfEveryRecord).Except(shared), SpecPage.Names(row[3]), $"of {data.Kind}");
        }
    }

    [Fact]
    public void Every_error_code_is_described() =>
        AssertSame(Constants<string>(typeof(ErrorCodes)).Select(c => c.Value), SpecPage.Errors.Table("Errors").Select(r => SpecPage.Names(r[0]).Single()));

    [Fact]
    public void Every_close_code_is_described_by_its_name() => AssertSame(
        Constants<int>(typeof(CloseCodes)).Select(c => $"{c.Value} {Snake(c.Name).Replace('_', ' ')}"),
        SpecPage.CloseCodes.Table("Close codes").Select(r => $"{r[0]} {r[1]}"));

    [Fact]
    public void Every_limit_is_described_with_its_value() => AssertSame(
        Constants<int>(typeof(Limits)).Append(("MaxNameLength", Ids.MaxLength)).Append(("MaxTopicLength", Topic.MaxLength)).Select(c => $"{Snake(c.Item1)} {c.Item2}"),
        SpecPage.Protocol.Table("Limits").Select(r => $"{SpecPage.Names(r[0]).Single()} {r[1].Replace(",", "", StringComparison.Ordinal)}"));

    [Fact]
    public void What_is_said_of_slow_consumers_is_the_hubs_default()
    {
        var limits = new OutboxLimits();
        Assert.Equal((20_000, 2_000, 16L * 1024 * 1024), (limits.MaxKept, limits.MaxDroppable, limits.MaxBytes));
    }

    [Fact]
    public void Every_type_of_message_has_an_example()
    {
        var examples = SpecPage.Protocol.Blocks.Where(b => !b.IsInvalid && b.Role is "client" or "hub" or "")
            .SelectMany(b => b.Messages).Select(m => (string?)m["type"]).ToHashSet();
        Assert.Equal(["position"], MessageTypes.ClientTypes.Concat(MessageTypes.HubTypes).Except(examples));
    }

    [Fact]
    public void Every_example_of_a_client_is_taken_by_the_strict_codec()
    {
        foreach (var block in SpecPage.Protocol.Blocks.Where(b => b.Role == "client"))
        {
            var errors = new List<ProtocolError>();
            var count = 0;
            MessageCodec.ReadClient(Utf8(Captures.Sample(block.Json)), _ => count++, errors.Add);
            if (block.IsInvalid) Assert.True(errors.Count > 0, $"{block} is taken.");
            else Assert.True(errors.Count == 0 && count == block.Messages.Count, $"{block}: {errors.FirstOrDefault()}");
        }
    }

    [Fact]
    public void Every_whole_example_of_the_hub_is_what_the_codec_reads_and_writes()
    {
        foreach (var block in SpecPage.Protocol.Blocks.Where(b => b.Role is "hub" or ""))
        {
            foreach (var message in block.Messages)
            {
                Assert.Contains((string)message["type"]!, MessageTypes.HubTypes);
                if (Captures.IsPartial(message.AsObject())) continue;
                var read = new List<HubMessage>();
                MessageCodec.ReadHub(Utf8(Captures.Sample(message)), read.Add, error => Assert.Fail($"{block}: {error}"));
                var output = new ArrayBufferWriter<byte>();
                MessageCodec.Write(output, Assert.Single(read));
                var written = JsonNode.Parse(output.WrittenSpan)!.AsObject();
                AssertSame(message.AsObject().Where(p => p.Value is not null).Select(p => p.Key), written.Select(p => p.Key), $"at {block}");
            }
        }
    }

    private static byte[] Utf8(JsonNode? node) => Encoding.UTF8.GetBytes(node!.ToJsonString());

    // Each field begins a line of the cell; what else stands in code marks explains it.
    private static string[] ClientFields(string cell) =>
        [.. cell.Split("<br>", StringSplitOptions.RemoveEmptyEntries).SelectMany(f => f == "*lease*" ? LeaseFields : SpecPage.Names(f).Take(1))];

    private static IEnumerable<Type> Derived<T>() => typeof(T).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(T)) && !t.IsAbstract);

    // The name is a constant of each type, so no field need be set.
    private static T Make<T>(Type type) => (T)RuntimeHelpers.GetUninitializedObject(type);

    private static IEnumerable<string> Fields(Type type) => type.GetProperties()
        .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always } && !IsIgnoredAbove(type, p))
        .Select(p => Snake(p.Name));

    private static bool IsIgnoredAbove(Type type, PropertyInfo property)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.GetProperty(property.Name)?.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always }) return true;
        }

        return false;
    }

    private static IEnumerable<(string Name, T Value)> Constants<T>(Type type) =>
        type.GetFields().Where(f => f.IsLiteral).Select(f => (f.Name, (T)f.GetRawConstantValue()!));

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static void AssertSame(IEnumerable<string> code, IEnumerable<string> page, string what = "")
    {
        var (c, p) = (code.ToHashSet(), page.ToHashSet());
        Assert.True(c.SetEquals(p), $"Only in the code {what}: [{string.Join(", ", c.Except(p))}]. Only on the page: [{string.Join(", ", p.Except(c))}].");
    }
}
