using System.Text;
using System.Text.Json;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Tests.Hives;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tests.Insight;

public class ReadingTests
{
    private readonly TestHive _hive = new();

    [Fact]
    public void A_reading_is_published_and_not_stored()
    {
        var (commits, head) = (_hive.Store.Commits, _hive.Tenure.Head);
        for (var i = 0; i < 10; i++) Report();
        Assert.Equal((commits, head), (_hive.Store.Commits, _hive.Tenure.Head));
        var record = Assert.Single(_hive.Last);
        Assert.Equal(("system.metrics", "system_metrics", RecordClass.Latest), (record.Topic, record.Kind, record.Class));
    }

    [Fact]
    public void Without_a_reading_there_is_none_to_show()
    {
        Assert.Equal(ErrorCodes.NotAvailable, _hive.Refused(new ShowSystem { By = TestHive.User }).Code);
        Report();
        Assert.Equal(_hive.Now, Show().At);
    }

    [Fact]
    public void It_counts_tasks_by_state_and_agents_by_what_they_do()
    {
        var busy = _hive.Worker("busy");
        var drained = _hive.Worker("drained", slots: 0);
        var idle = _hive.Worker("idle", slots: 0);
        _hive.Worker("gone", slots: 0);
        _hive.Drain("drained");
        _hive.Now += _hive.Options.AgentOfflineAfter / 2;
        foreach (var here in new[] { busy, drained, idle }) here.Renew();
        _hive.Advance(_hive.Options.AgentOfflineAfter * 0.6);
        _hive.Create();
        _hive.Create();
        busy.Start();
        Report();

        var work = Show().Work;
        Assert.Equal((1, 1), (work.Tasks["pending"], work.Tasks["running"]));
        Assert.Equal(2, work.Tasks.Values.Sum());
        Assert.Equal(new Dictionary<string, long> { ["idle"] = 1, ["working"] = 1, ["draining"] = 1, ["offline"] = 1 }, work.Agents);
    }

    [Fact]
    public void What_completed_today_outlives_a_restart_and_begins_anew_at_midnight()
    {
        _hive.Worker("a1");
        Complete();
        Complete();
        _hive.Restart();
        Complete();
        Assert.Equal((3, new DateOnly(2026, 3, 1)), (Today().CompletedToday, Today().Today));

        _hive.Now = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal((0, new DateOnly(2026, 3, 2)), (Today().CompletedToday, Today().Today));
        Complete();
        Assert.Equal(1, Today().CompletedToday);
    }

    [Fact]
    public void It_is_written_as_the_serializer_would_write_it()
    {
        var measured = SampleValues.Records.OfType<SystemMeasured>().Single();
        foreach (var reading in new[] { measured, SystemMeasured.Of(Readings.Cpu(percent: null)) })
        {
            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text)) FeatureCatalog.Record(reading.Kind).Write(writer, reading);
            Assert.Equal(JsonSerializer.Serialize(reading, InsightJson.Default.SystemMeasured), Encoding.UTF8.GetString(text.ToArray()));
        }
    }

    [Fact]
    public void The_standard_rules_are_in_order()
    {
        Assert.All(AlertRules.Standard, r => Assert.Null(r.Problem));
        Assert.Equal(AlertRules.Standard.Count, AlertRules.Standard.Select(r => r.Name).Distinct().Count());
        Assert.All(AlertRules.Standard, r => Assert.True(r.Gauge.Module is null || Modules.Affected.ContainsKey(r.Gauge.Module)));
        Assert.NotNull((Readings.Rule() with { Resolve = 91 }).Problem);
        Assert.NotNull((Readings.Rule() with { Above = false }).Problem);
        Assert.NotNull((Readings.Rule() with { Threshold = double.NaN }).Problem);
    }

    private void Complete()
    {
        var worker = _hive.Worker("a1");
        _hive.Create();
        worker.Complete();
    }

    private void Report() => _hive.Do(Readings.Report([]));

    private SystemView Show() => _hive.Ok<SystemView>(new ShowSystem { By = TestHive.User });

    private WorkReading Today()
    {
        Report();
        return Show().Work;
    }
}
