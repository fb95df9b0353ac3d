using Waggle.Core.Insight;
using Waggle.Core.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Core.Tests.Insight;

public class AlertTests
{
    private static readonly AlertRule Warning = Rule("disk_space");
    private static readonly AlertRule Critical = Rule("disk_full");

    private readonly TestHive _hive = new();

    [Fact]
    public void What_stays_past_its_threshold_is_one_alert()
    {
        Report(Warning, past: true);
        Report(Warning, past: true);
        Report(Warning, past: true);

        var fired = Assert.Single(_hive.All.OfType<AlertFired>());
        Assert.Equal(("disk_space", "disk", "store", AlertLevel.Warning, 91.0, 90.0, 88.0), (fired.Rule, fired.Resource, fired.Module, fired.Level, fired.Value, fired.Threshold, fired.ResolveAt));
        Assert.Equal("disk.used_percent is 91 percent, above 90 for 60 s.", fired.Message);
        Assert.Equal(_hive.Now - Warning.For, fired.Since);
        Assert.Equal($"system.alert.{fired.Alert}", fired.Topic);
        Assert.Equal(RecordClass.Durable, fired.Class);
    }

    [Fact]
    public void Back_again_it_is_resolved_and_the_next_time_is_another_alert()
    {
        var first = Fire();
        _hive.Now += TimeSpan.FromMinutes(5);
        Report(Warning, past: false);

        var resolved = Assert.Single(_hive.All.OfType<AlertResolved>());
        Assert.Equal((first, 88.0, TestHive.Start), (resolved.Alert, resolved.LastValue!.Value, resolved.FiredAt));
        Assert.Equal("disk.used_percent is 88 percent, back at 88 or below for 60 s.", resolved.Reason);
        Assert.Empty(_hive.State.OpenAlerts);
        Assert.NotEqual(first, Fire());
    }

    [Fact]
    public void What_is_back_without_an_alert_is_nothing()
    {
        Report(Warning, past: false);
        Assert.IsType<SystemMeasured>(Assert.Single(_hive.Last).Payload);
    }

    [Fact]
    public void Acknowledged_it_stays_open_and_a_second_time_nothing_happens()
    {
        var id = Fire();
        var view = _hive.Ok<AlertView>(new AcknowledgeAlert(id) { By = TestHive.User });
        Assert.Equal((AlertState.Acknowledged, "user", _hive.Now), (view.State, view.AcknowledgedBy, view.AcknowledgedAt!.Value));

        _hive.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(view, _hive.Ok<AlertView>(new AcknowledgeAlert(id) { By = TestHive.User }));
        Report(Warning, past: true);

        Assert.Single(_hive.All.OfType<AlertAcknowledged>());
        Assert.Single(_hive.All.OfType<AlertFired>());
        Report(Warning, past: false);
        Assert.Equal("user", _hive.Replies<AlertResolved>().AcknowledgedBy);
    }

    [Fact]
    public void One_that_is_resolved_or_was_never_there_cannot_be_acknowledged()
    {
        var id = Fire();
        Report(Warning, past: false);
        Assert.Equal(ErrorCodes.InvalidState, _hive.Refused(new AcknowledgeAlert(id) { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new AcknowledgeAlert("al9-9") { By = TestHive.User }).Code);
        Assert.Equal(ErrorCodes.NotFound, _hive.Refused(new AcknowledgeAlert("a.b/c") { By = TestHive.User }).Code);
    }

    [Fact]
    public void Who_may_only_read_may_not_acknowledge()
    {
        var id = Fire();
        var reader = new Principal("ann", "default", null, new HashSet<string> { "read:system" });
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new AcknowledgeAlert(id) { By = reader }).Code);
        Assert.Equal(ErrorCodes.Forbidden, _hive.Refused(new ShowSystem { By = reader with { Swarms = new HashSet<string> { "default" } } }).Code);
        Assert.IsType<SystemView>(_hive.Do(new ShowSystem { By = reader }).Value);
    }

    [Fact]
    public void A_restart_takes_it_up_again_and_does_not_double_it()
    {
        var id = Fire();
        _hive.Ok<AlertView>(new AcknowledgeAlert(id) { By = TestHive.User });
        _hive.Restart();

        Report(Warning, past: true);
        Assert.Equal((id, AlertState.Acknowledged), (Assert.Single(_hive.State.OpenAlerts).Id, _hive.State.Alert(id)!.State));
        Report(Warning, past: false);

        Assert.Single(_hive.All.OfType<AlertFired>());
        Assert.Equal(id, Assert.Single(_hive.All.OfType<AlertResolved>()).Alert);
        _hive.Restart();
        Assert.Empty(_hive.State.OpenAlerts);
    }

    [Fact]
    public void An_alert_whose_rule_is_not_in_force_any_more_is_over()
    {
        Fire();
        _hive.Restart();
        _hive.Do(Readings.Report([], [Critical]));
        Assert.Equal("The rule disk_space is not in force any more.", _hive.Replies<AlertResolved>().Reason);
    }

    [Fact]
    public void A_figure_that_is_not_measured_any_more_ends_its_alert_with_the_reason()
    {
        Fire();
        _hive.Do(Readings.Report([new(Warning, IsPast: false, null, TimeSpan.FromMinutes(1), null, "the disk does not answer")]));
        var resolved = _hive.Replies<AlertResolved>();
        Assert.Null(resolved.LastValue);
        Assert.Equal("disk.used_percent is not measured any more: the disk does not answer", resolved.Reason);
    }

    [Fact]
    public void A_part_of_the_hub_stands_as_its_worst_alert_says()
    {
        Report(Warning, past: true);
        AssertChange(HealthStatus.Healthy, HealthStatus.Degraded, "disk.used_percent is 91 percent, above 90 for 60 s.");
        Report(Critical, past: true);
        AssertChange(HealthStatus.Degraded, HealthStatus.Unhealthy, "disk.used_percent is 98 percent, above 97 for 10 s.");
        Assert.Equal(HealthStatus.Unhealthy, _hive.State.System!.Status);
        Report(Critical, past: false);
        AssertChange(HealthStatus.Unhealthy, HealthStatus.Degraded, "disk.used_percent is 95 percent, back at 95 or below for 10 s. Still open: disk.used_percent is 91 percent, above 90 for 60 s.");
        Report(Warning, past: false);
        AssertChange(HealthStatus.Degraded, HealthStatus.Healthy, "disk.used_percent is 88 percent, back at 88 or below for 60 s.");
        Assert.Equal(4, _hive.All.OfType<ModuleStatusChanged>().Count());
    }

    [Fact]
    public void The_machine_is_no_part_of_the_hub_but_counts_for_the_whole()
    {
        _hive.Do(Readings.Report([Readings.Finding(Readings.Rule(), past: true)], [Readings.Rule()]));
        Assert.Empty(_hive.All.OfType<ModuleStatusChanged>());
        Assert.Equal(HealthStatus.Degraded, _hive.State.System!.Status);
    }

    [Fact]
    public void A_report_that_cannot_be_stored_is_made_again_with_the_next()
    {
        _hive.Store.FailNextCommit();
        Assert.Null(_hive.Turn(Readings.Report([Readings.Finding(Warning, past: true)])));
        Assert.Empty(_hive.State.OpenAlerts);
        Fire();
        Assert.Single(_hive.All.OfType<AlertFired>());
    }

    [Fact]
    public void An_open_alert_shows_the_value_of_the_newest_reading_by_the_rule_in_force()
    {
        var rule = Readings.Rule();
        Measure(95, rule, Readings.Finding(rule, past: true));
        Assert.Equal((95.0, "host.cpu_percent is 95 percent, above 90 for 10 s."), Shown());
        Measure(100, rule);
        Assert.Equal((100.0, "host.cpu_percent is 100 percent, above 90 for 10 s."), Shown());
        Measure(85, rule);
        Assert.Equal((85.0, "host.cpu_percent is 85 percent; it was above 90, and the alert ends at 80 or below for 10 s."), Shown());
        var seen = _hive.Ok<AlertView>(new AcknowledgeAlert(Assert.Single(_hive.State.OpenAlerts).Id) { By = TestHive.User });
        Assert.Equal(Shown(), (seen.Value, seen.Message));
        Assert.Equal(seen.Message, _hive.Replies<AlertAcknowledged>().Message);

        _hive.Restart();
        Measure(85, Readings.Rule(threshold: 70, resolve: 60));
        Assert.Equal((85.0, "host.cpu_percent is 85 percent, above 70 for 10 s."), Shown());
        Assert.Equal((70.0, 60.0), (_hive.State.System!.Alerts[0].Threshold, _hive.State.System!.Alerts[0].ResolveAt));

        (double?, string) Shown() => (_hive.State.System!.Alerts[0].Value, _hive.State.System!.Alerts[0].Message);
        void Measure(double percent, AlertRule inForce, params AlertFinding[] findings) => _hive.Do(new ReportSystem(Readings.Cpu(percent), findings, [inForce]) { By = Principal.Hub("default") });
    }

    private string Fire()
    {
        Report(Warning, past: true);
        return _hive.Replies<AlertFired>().Alert;
    }

    private void Report(AlertRule rule, bool past) => _hive.Do(Readings.Report([Readings.Finding(rule, past)]));

    private void AssertChange(HealthStatus before, HealthStatus after, string reason)
    {
        var change = _hive.Replies<ModuleStatusChanged>();
        Assert.Equal(("store", before, after, reason), (change.Module, change.OldStatus, change.NewStatus, change.Reason));
        Assert.Equal(Modules.Affected["store"], change.Affected);
        Assert.Equal(after, _hive.State.System!.Modules["store"]);
    }

    private static AlertRule Rule(string name) => AlertRules.Standard.Single(r => r.Name == name);
}
