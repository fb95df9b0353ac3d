using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Swarms;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;

namespace Waggle.Core.Tests.Kernel;

/// <summary>The effects of a feature's registration alone. The toy feature is a file of this project; no file of the core names it.</summary>
public class FeatureTests
{
    private static readonly HiveOptions Options = new() { MoreFeatures = [new ToyFeature()] };

    private readonly TestHive _hive;

    public FeatureTests()
    {
        FeatureCatalog.Add(Options.MoreFeatures);
        _hive = new TestHive(Options);
    }

    private static Principal Hub => Principal.Hub("default");

    [Fact]
    public void An_entity_is_stored_loaded_and_shown()
    {
        Set("early");
        _hive.Restart();
        Assert.Equal(TestHive.Start.AddMinutes(5), Show("early")!.Due);
    }

    [Fact]
    public void A_timer_fires_once_also_over_a_restart_and_a_reaction_follows_it()
    {
        Set("early");
        _hive.Restart();
        _hive.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(["alarm_rang", "page_written"], _hive.Published.Select(r => r.Kind).Where(k => k is "alarm_rang" or "page_written"));
        Assert.Equal("early", Assert.Single(_hive.All.OfType<AlarmRang>()).Alarm);
    }

    [Fact]
    public void What_is_closed_leaves_memory_and_a_cold_entity_is_fetched_when_a_command_asks()
    {
        Set("early");
        _hive.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(Show("early"));
        Assert.NotNull(_hive.Do(new ShowPage("page-early") { By = Hub }).Value);
        Assert.Null(_hive.State.View<IToyView>().Page("page-early"));
    }

    [Fact]
    public void A_principal_that_is_limited_to_swarms_sees_what_the_feature_lets_it_see()
    {
        _hive.Do(new CreateSwarm("Other", "other") { By = Hub });
        Set("mine");
        Set("theirs", "other");
        var limited = new Principal("ann", "default", null, new HashSet<string> { "read:toys" }) { Swarms = new HashSet<string> { "default" } };
        Assert.NotNull(_hive.Do(new ShowAlarm("mine") { By = limited }).Value);
        Assert.Null(_hive.Do(new ShowAlarm("theirs") { By = limited }).Value);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Do(new SetAlarm("late", "default", TestHive.Start) { By = limited }).Error?.Code);
    }

    [Fact]
    public void Its_topics_are_read_with_its_own_permission()
    {
        Assert.Equal("read:toys", FeatureCatalog.ReadRight("toy"));
        Assert.Equal("read:toys", FeatureCatalog.ReadRight("toy"));
    }

    [Fact]
    public void Its_records_are_read_back_from_the_log()
    {
        Set("early");
        var record = _hive.Published.Last(r => r.Kind == "alarm_set");
        var read = (AlarmSet)FeatureCatalog.Record("alarm_set").Read(record.Data.Span, "default");
        Assert.Equal(("early", "default"), (read.Alarm, read.Swarm));
    }

    [Fact]
    public void An_entity_of_an_earlier_version_is_upcast_when_it_is_read()
    {
        var first = """{"v":1,"id":"old","seq":3,"swarm":"default","at":"2026-03-01T12:05:00Z"}""";
        var alarm = ToyFeature.Alarms.Parse(Stored("toy_alarm", "old", first));
        Assert.Equal((2, TestHive.Start.AddMinutes(5)), (alarm.V, alarm.Due));
    }

    [Fact]
    public void An_entity_of_a_later_version_stops_the_start_and_says_which()
    {
        var later = """{"v":9,"id":"new","seq":3,"swarm":"default"}""";
        var fault = Assert.Throws<StoreCorruptException>(() => ToyFeature.Alarms.Parse(Stored("toy_alarm", "new", later)));
        Assert.Contains("toy_alarm 'new' has version 9", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_kind_that_no_feature_knows_stops_the_start_and_is_named()
    {
        Set("early");
        var older = new HiveEngine(new HiveOptions(), new Random(1), NullLogger.Instance);
        var fault = await Assert.ThrowsAsync<StoreCorruptException>(() => older.LoadAsync(_hive.Store, _hive.Tenure, _hive.Now, CancellationToken.None));
        Assert.Contains("toy_alarm", fault.Message, StringComparison.Ordinal);
    }

    private static StoredEntity Stored(string kind, string id, string body) => new(kind, id, 3, null, [], Encoding.UTF8.GetBytes(body));

    private void Set(string id, string swarm = "default") => Assert.Null(_hive.Do(new SetAlarm(id, swarm, TestHive.Start.AddMinutes(5)) { By = Hub }).Error);

    private Alarm? Show(string id) => (Alarm?)_hive.Do(new ShowAlarm(id) { By = Hub }).Value;
}
