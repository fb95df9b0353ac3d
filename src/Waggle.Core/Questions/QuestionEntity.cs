using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>A question of a task. It is in memory while it is open.</summary>
public sealed record QuestionEntity
{
    public static EntityKind Entity { get; } = new("question", ["swarm", "state", "task"]);

    public int V { get; init; } = 1;
    public required long Seq { get; init; }

    /// <summary>The question as it is shown.</summary>
    public required QuestionView Shown { get; init; }

    [JsonIgnore]
    public string Id => Shown.Id;

    /// <summary>The approximate size of the question in memory, without the answer.</summary>
    [JsonIgnore]
    internal int Bytes => QuestionRules.Bytes(Shown.Text, Shown.Choices, Shown.Schema, Shown.Default);

    internal static EntityKey KeyOf(string id) => new(Entity.Name, id);
}

/// <summary>The feature of the questions that workers ask about their tasks.</summary>
internal sealed class QuestionFeature : Feature
{
    public static readonly EntityType<QuestionEntity> Questions = new(QuestionEntity.Entity, static () => QuestionJson.Default.QuestionEntity)
    {
        Id = q => q.Id,
        Row = q => new(q.Seq, q.Shown.ClosedAt, [q.Shown.Swarm, Protocol.Json.SnakeCase.Of(q.Shown.State), q.Shown.Task]),
        ClosedAt = q => q.Shown.ClosedAt,
        VersionOf = q => q.V,
        Retention = o => o.TaskRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Questions];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("question_asked", static () => QuestionJson.Default.QuestionAsked),
        RecordType.Of("question_closed", static () => QuestionJson.Default.QuestionClosed),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["question"] = "tasks" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<AnswerQuestion>("task.answer", static c => c.Question),
    ];

    public override FeatureState Create(HiveContext hive) => new QuestionsState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(Protocol.Json.UtcTime)])]
[JsonSerializable(typeof(QuestionEntity))]
[JsonSerializable(typeof(QuestionAsked))]
[JsonSerializable(typeof(QuestionClosed))]
internal sealed partial class QuestionJson : JsonSerializerContext;
