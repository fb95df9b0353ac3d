using Microsoft.Extensions.Logging.Abstractions;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tests.Support;

namespace Waggle.Core.Tests.Kernel;

/// <summary>The registrations of features besides their tables: hooks of commands, handlers of records, timers.</summary>
public class HookTests
{
    private readonly HiveContext _hive = new(new HiveOptions(), NullLogger.Instance);
    private readonly List<string> _called = [];

    [Fact]
    public void A_hook_runs_for_its_type_and_those_that_are_derived_from_it()
    {
        _hive.Commands.Before<Command>((command, _) => _called.Add($"any {command.GetType().Name}"));
        _hive.Commands.Before<Ring>((ring, _) => _called.Add($"ring {ring.Id}"));

        _hive.Commands.RunBefore(new Ring("a1") { By = _hive.Hub }, _ => { });
        _hive.Commands.RunBefore(new ShowAlarm("a2") { By = _hive.Hub }, _ => { });

        Assert.Equal(["ring a1", "any Ring", "any ShowAlarm"], _called);
    }

    [Fact]
    public void What_sees_a_record_first_is_called_before_what_changes_state_by_it()
    {
        _hive.On<AlarmSet>((set, offset, _) => _called.Add($"{set.Alarm} at {offset}"));
        _hive.Before<RecordData>(_ => _called.Add("before"));

        _hive.Apply(new AlarmSet("a1", TestHive.Start), 7, TestHive.Start);

        Assert.Equal(["before", "a1 at 7"], _called);
    }

    [Fact]
    public void A_timer_whose_command_could_not_be_decided_fires_again_a_second_later_and_no_other_command_does()
    {
        var key = new EntityKey("toy_alarm", "a1");
        _hive.Timer("toy_alarm", id => new Ring(id) { By = _hive.Hub });
        var fired = _hive.Due.Fire(key);

        _hive.Due.Retry(new Ring("a1") { By = _hive.Hub }, TestHive.Start);
        Assert.Null(_hive.Timers.DueOf(key));

        _hive.Due.Retry(fired, TestHive.Start);
        Assert.Equal(TestHive.Start.AddSeconds(1), _hive.Timers.DueOf(key));
    }
}
