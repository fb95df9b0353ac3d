using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;

namespace Waggle.Core.Tests.Kernel;

/// <summary>A feature of this test project alone: an alarm clock (hot, with a timer) that writes a diary (cold) by a reaction.</summary>
internal sealed class ToyFeature : Feature
{
    public static readonly EntityType<Alarm> Alarms = new(Alarm.Entity, static () => ToyJson.Default.Alarm)
    {
        Id = a => a.Id,
        Row = a => new(a.Seq, a.RangAt, [a.Swarm]),
        VersionOf = a => a.V,
        Version = 2,
        Upcasters = [Alarm.FromFirst],
        Retention = _ => TimeSpan.FromDays(1),
    };

    public static readonly EntityType<Page> Pages = new(Page.Entity, static () => ToyJson.Default.Page)
    {
        Id = p => p.Id,
        Row = p => new(p.Seq, p.At, []),
        VersionOf = p => p.V,
    };

    public override IReadOnlyList<EntityType> Entities => [Alarms, Pages];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("alarm_set", static () => ToyJson.Default.AlarmSet),
        RecordType.Of("alarm_rang", static () => ToyJson.Default.AlarmRang),
        RecordType.Of("page_written", static () => ToyJson.Default.PageWritten),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["toy"] = "toys" };

    public override FeatureState Create(HiveContext hive) => new ToyState(hive);
}

internal interface IToyView
{
    Alarm? Alarm(string id);

    Page? Page(string id);
}

internal sealed class ToyState : FeatureState, IToyView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<Alarm> _alarms;
    private readonly EntityTable<Page> _pages;

    public ToyState(HiveContext hive)
    {
        _hive = hive;
        _alarms = hive.Table(ToyFeature.Alarms);
        _pages = hive.Table(ToyFeature.Pages);
        hive.Timer(Tests.Kernel.Alarm.Entity.Name, id => new Ring(id) { By = hive.Hub });
        hive.On<AlarmSet>(Set);
        hive.On<AlarmRang>(Ring);
        hive.On<PageWritten>((r, offset, at) => _pages.Put(new() { Id = r.Page, Seq = offset, At = at }));
        hive.Views.Add<IToyView>(this, static (whole, limited, by) => new Reachable(whole, by));
    }

    public Alarm? Alarm(string id) => _alarms[id];

    public Page? Page(string id) => _pages[id];

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var alarm in _alarms.Open) _hive.Timers.Set(new(Tests.Kernel.Alarm.Entity.Name, alarm.Id), alarm.Due);
    }

    private void Set(AlarmSet record, long offset, DateTimeOffset at)
    {
        _alarms.Put(new() { Id = record.Alarm, Seq = offset, Swarm = record.Swarm!, Due = record.Due });
        _hive.Timers.Set(new(Tests.Kernel.Alarm.Entity.Name, record.Alarm), record.Due);
    }

    private void Ring(AlarmRang record, long offset, DateTimeOffset at)
    {
        _alarms.Put(_alarms[record.Alarm]! with { RangAt = at });
        _hive.Reactions.Enqueue(new WritePage($"page-{record.Alarm}") { By = _hive.Hub });
    }

    private sealed class Reachable(IToyView whole, Principal by) : IToyView
    {
        public Alarm? Alarm(string id) => whole.Alarm(id) is { } alarm && by.Reaches(alarm.Swarm) ? alarm : null;

        public Page? Page(string id) => whole.Page(id);
    }
}

internal sealed record Alarm
{
    public static EntityKind Entity { get; } = new("toy_alarm", ["swarm"]);

    public int V { get; init; } = 2;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required string Swarm { get; init; }
    public DateTimeOffset Due { get; init; }
    public DateTimeOffset? RangAt { get; init; }

    // The first version called it "at".
    public static void FromFirst(JsonObject body)
    {
        var at = body["at"]?.DeepClone();
        body.Remove("at");
        body["due"] = at;
    }
}

internal sealed record Page
{
    public static EntityKind Entity { get; } = new("toy_page", []);

    public int V { get; init; } = 1;
    public required string Id { get; init; }
    public required long Seq { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed record AlarmSet(string Alarm, DateTimeOffset Due) : RecordData
{
    [JsonIgnore]
    public override string Kind => "alarm_set";

    [JsonIgnore]
    public override string Topic => $"toy.{Alarm}";
}

internal sealed record AlarmRang(string Alarm) : RecordData
{
    [JsonIgnore]
    public override string Kind => "alarm_rang";

    [JsonIgnore]
    public override string Topic => $"toy.{Alarm}";
}

internal sealed record PageWritten(string Page) : RecordData
{
    [JsonIgnore]
    public override string Kind => "page_written";

    [JsonIgnore]
    public override string Topic => $"toy.{Page}";
}

internal sealed record SetAlarm(string Id, string Swarm, DateTimeOffset Due) : Command<string>
{
    public override string Right => "write:toys";

    public override Decision<string> Decide(IHiveView view, in DecisionContext context) =>
        view.Swarm(Swarm) is null ? Decision.Reject("NOT_FOUND", Swarm) : Decision.Of(Id, new AlarmSet(Id, Due) { Swarm = Swarm });
}

internal sealed record ShowAlarm(string Id) : Command<Alarm?>
{
    public override string Right => "read:toys";

    public override Decision<Alarm?> Decide(IHiveView view, in DecisionContext context) => Decision.Of(view.View<IToyView>().Alarm(Id));
}

internal sealed record ShowPage(string Id) : Command<Page?>
{
    public override string Right => "read:toys";

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys) => keys.Add(new(Page.Entity.Name, Id));

    public override Decision<Page?> Decide(IHiveView view, in DecisionContext context) => Decision.Of(view.View<IToyView>().Page(Id));
}

internal sealed record Ring(string Id) : Command<NoResult>
{
    public override string Right => "write:toys";

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => view.View<IToyView>().Alarm(Id) is { RangAt: null } alarm
        ? Decision.OfRecords(new AlarmRang(Id) { Swarm = alarm.Swarm })
        : Decision.Nothing;
}

internal sealed record WritePage(string Id) : Command<NoResult>
{
    public override string Right => "write:toys";

    public override Decision<NoResult> Decide(IHiveView view, in DecisionContext context) => Decision.OfRecords(new PageWritten(Id));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Alarm))]
[JsonSerializable(typeof(Page))]
[JsonSerializable(typeof(AlarmSet))]
[JsonSerializable(typeof(AlarmRang))]
[JsonSerializable(typeof(PageWritten))]
internal sealed partial class ToyJson : JsonSerializerContext;
