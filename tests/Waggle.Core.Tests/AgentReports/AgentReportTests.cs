using Waggle.Core.AgentReports;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tests.AgentReports;

public sealed class AgentReportTests
{
    private readonly TestHive _hive = new();
    private readonly TestWorker _worker;

    public AgentReportTests() => _worker = _hive.Worker("a1");

    [Fact]
    public void What_was_reported_comes_out_and_nothing_else()
    {
        var before = Reports;
        Assert.Null(before.Health);
        Assert.Null(before.Metrics);
        Assert.Empty(before.Logs);
        Say(new ReportHealth(false, "low on memory") { By = _worker.Principal });
        Say(new ReportMetrics(Metrics) { By = _worker.Principal });
        Say(new LogForAgent([Entry("hello", """{"x":1}""")]) { By = _worker.Principal });

        var now = Reports;
        Assert.Equal(new ReportedHealth(false, "low on memory", _hive.Now), now.Health);
        Assert.Equal(Metrics, now.Metrics!.Values);
        var log = Assert.Single(now.Logs);
        Assert.Equal((AgentLogLevel.Warn, "hello", """{"x":1}""", 1), (log.Entry.Level, log.Entry.Message, log.Entry.Context.ToString(), now.Logged));
        Assert.Equal(("a1", "a1"), (_hive.Replies<AgentHealthReported>().Agent, _hive.Replies<AgentHealthReported>().ReportedBy));
    }

    [Fact]
    public void The_newest_health_and_metrics_replace_the_ones_before_and_log_entries_are_all_delivered()
    {
        Say(new ReportHealth(false) { By = _worker.Principal });
        Say(new ReportHealth(true) { By = _worker.Principal });
        Say(new LogForAgent([Entry("one"), Entry("two")]) { By = _worker.Principal });

        Assert.True(Reports.Health!.Healthy);
        Assert.Equal(["one", "two"], Reports.Logs.Select(l => l.Entry.Message));
        Assert.Equal([RecordClass.Latest, RecordClass.Latest, RecordClass.Stream], _hive.Published.Where(r => r.Payload is AgentReportRecord).Select(r => r.Class));
        Assert.Equal(["agent.a1.health", "agent.a1.health", "agent.a1.log"], _hive.Published.Where(r => r.Payload is AgentReportRecord).Select(r => r.Topic));
    }

    [Fact]
    public void Nobody_reports_for_another_agent()
    {
        _hive.Worker("a2");
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new ReportHealth(true, null, "a2") { By = _worker.Principal }).Code);
        Assert.Equal(ErrorCodes.NotAnAgent, _hive.Refused(new ReportHealth(true) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotAnAgent, _hive.Refused(new ReportHealth(true, null, "a1") { By = TestHive.User }).Code);
    }

    [Fact]
    public void Reports_have_a_greatest_rate_and_the_refusal_says_when_to_go_on()
    {
        for (var i = 0; i < ReportBudget.Burst / ReportBudget.StateCost; i++) Say(new ReportHealth(true) { By = _worker.Principal });
        var refused = _hive.Refused(new ReportHealth(true) { By = _worker.Principal });
        Assert.Equal((ErrorCodes.RateLimited, 100), (refused.Code, refused.RetryAfterMs));
        _hive.Worker("a2");
        Say(new ReportHealth(true) { By = _worker.Principal with { Subject = "a2", Agent = "a2" } });
        _hive.Advance(TimeSpan.FromMilliseconds(100));
        Say(new ReportHealth(true) { By = _worker.Principal });
    }

    [Fact]
    public void Wrong_reports_are_refused()
    {
        Refuse(new ReportMetrics(new Dictionary<string, ReportedMetric>(StringComparer.Ordinal)) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new ReportMetrics(new Dictionary<string, ReportedMetric>(StringComparer.Ordinal) { ["a b"] = new(1) }) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new ReportMetrics(new Dictionary<string, ReportedMetric>(StringComparer.Ordinal) { ["a"] = new(double.NaN) }) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new ReportMetrics(new Dictionary<string, ReportedMetric>(StringComparer.Ordinal) { ["a"] = new(1, new string('x', 21)) }) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new ReportMetrics(Enumerable.Range(0, 101).ToDictionary(i => $"m{i}", i => new ReportedMetric(i), StringComparer.Ordinal)) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new ReportHealth(true, new string('x', Limits.MaxTextLength + 1)) { By = _worker.Principal }, ErrorCodes.TooLarge);
        Refuse(new LogForAgent([]) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new LogForAgent([Entry("x", "[1]")]) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
        Refuse(new LogForAgent([Entry("x", $$"""{"x":"{{new string('x', Limits.MaxLogContextBytes)}}"}""")]) { By = _worker.Principal }, ErrorCodes.TooLarge);
        Refuse(new LogForAgent([.. Enumerable.Repeat(Entry("x"), 101)]) { By = _worker.Principal }, ErrorCodes.InvalidRequest);
    }

    [Fact]
    public void The_reports_of_a_removed_agent_are_gone_and_their_newest_values_are_cleared()
    {
        Say(new ReportHealth(true) { By = _worker.Principal });
        Say(new ReportMetrics(Metrics) { By = _worker.Principal });
        _hive.Remove("a1");

        Assert.Equal(["agent.a1.health", "agent.a1.metrics"], _hive.Last.Where(r => r.Payload is AgentReportRecord).Select(r => r.Clears));
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new ShowReports("a1") { By = TestHive.User }).Code);
        _hive.Worker("a1");
        Assert.Null(Reports.Health);
    }

    [Fact]
    public void The_hub_keeps_the_last_entries_of_an_agent_and_bounds_those_of_all()
    {
        var logs = new ReportedLogs(perAgent: 3, maxBytes: 1000);
        for (var i = 0; i < 5; i++) logs.Add("a1", Entry($"m{i}"), _hive.Now);
        Assert.Equal(["m2", "m3", "m4"], logs.Of("a1").Select(l => l.Entry.Message));
        logs.Add("a2", Entry(new string('x', 250)), _hive.Now);

        Assert.Equal(["m4"], logs.Of("a1").Select(l => l.Entry.Message));
        logs.Forget("a1");
        Assert.Empty(logs.Of("a1"));
        Assert.Single(logs.Of("a2"));
    }

    private static Dictionary<string, ReportedMetric> Metrics { get; } =
        new(StringComparer.Ordinal) { ["queue_size"] = new(3), ["response_time"] = new(41.5, "ms") };

    private AgentReportsView Reports => _hive.Ok(new ShowReports("a1") { By = TestHive.User });

    private static AgentLogEntry Entry(string message, string? context = null) =>
        new() { Level = AgentLogLevel.Warn, Message = message, Context = context is null ? default : RawJson.Parse(context) };

    private void Say(ReportAgent report) => Assert.Null(_hive.Do(report).Error);

    private void Refuse(ReportAgent report, string code) => Assert.Equal(code, _hive.Refused(report).Code);
}
