using Waggle.Core.Schedules;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tests.Schedules;

public sealed class ScheduleClockTests
{
    private static readonly TaskSpec Work = new() { Title = "work" };

    [Fact]
    public void A_cron_expression_has_the_times_of_its_zone()
    {
        var clock = new ScheduleClock(new ScheduleSpec { Cron = "0 3 * * *", TimeZone = "Europe/Berlin", Task = Work }, default);

        Assert.Equal([At("2026-01-02T02:00Z"), At("2026-01-03T02:00Z")], Times(clock, "2026-01-01T12:00Z", 2));
    }

    [Fact]
    public void A_local_time_that_daylight_saving_skips_runs_at_the_first_valid_time_after_it()
    {
        var clock = new ScheduleClock(new ScheduleSpec { Cron = "30 2 * * *", TimeZone = "Europe/Berlin", Task = Work }, default);

        // On 29 March 2026 the clocks go from 2:00 to 3:00, which is 1:00 UTC.
        Assert.Equal([At("2026-03-28T01:30Z"), At("2026-03-29T01:00Z"), At("2026-03-30T00:30Z")], Times(clock, "2026-03-27T12:00Z", 3));
    }

    [Fact]
    public void A_local_time_that_daylight_saving_repeats_runs_once_and_an_interval_keeps_its_pace()
    {
        // On 25 October 2026 the clocks go from 3:00 back to 2:00, which is 1:00 UTC.
        var daily = new ScheduleClock(new ScheduleSpec { Cron = "30 2 * * *", TimeZone = "Europe/Berlin", Task = Work }, default);
        Assert.Equal([At("2026-10-25T00:30Z"), At("2026-10-26T01:30Z")], Times(daily, "2026-10-24T12:00Z", 2));

        var often = new ScheduleClock(new ScheduleSpec { Cron = "*/30 * * * *", TimeZone = "Europe/Berlin", Task = Work }, default);
        Assert.Equal([At("2026-10-25T00:30Z"), At("2026-10-25T01:00Z"), At("2026-10-25T01:30Z")], Times(often, "2026-10-25T00:15Z", 3));
    }

    [Fact]
    public void An_expression_of_six_fields_has_seconds_first_and_a_macro_stands_for_one()
    {
        Assert.Equal([At("2026-01-01T12:00:30Z")], Times(new(new ScheduleSpec { Cron = "30 * * * * *", Task = Work }, default), "2026-01-01T12:00Z", 1));
        Assert.Equal([At("2026-01-02T00:00Z")], Times(new(new ScheduleSpec { Cron = "@daily", Task = Work }, default), "2026-01-01T12:00Z", 1));
    }

    [Fact]
    public void An_interval_counts_from_its_anchor()
    {
        var clock = new ScheduleClock(new ScheduleSpec { EveryMs = 10_000, Task = Work }, At("2026-01-01T12:00:03Z"));

        Assert.Equal(At("2026-01-01T12:00:13Z"), clock.After(At("2026-01-01T12:00:03Z")));
        Assert.Equal(At("2026-01-01T12:01:03Z"), clock.After(At("2026-01-01T12:00:59Z")));
        Assert.Equal(At("2026-01-01T12:01:13Z"), clock.After(At("2026-01-01T12:01:03Z")));
    }

    [Fact]
    public void An_expression_without_a_day_has_no_time()
    {
        Assert.Null(new ScheduleClock(new ScheduleSpec { Cron = "0 0 30 2 *", Task = Work }, default).After(At("2026-01-01T00:00Z")));
    }

    [Fact]
    public void Missed_times_are_counted_up_to_the_bound()
    {
        var clock = new ScheduleClock(new ScheduleSpec { EveryMs = 1_000, Task = Work }, At("2026-01-01T00:00Z"));

        Assert.Equal(60, clock.Count(At("2026-01-01T00:00Z"), At("2026-01-01T00:01Z")));
        Assert.Equal(31 * 86_400, clock.Count(At("2026-01-01T00:00Z"), At("2026-02-01T00:00Z")));
        var cron = new ScheduleClock(new ScheduleSpec { Cron = "0 * * * *", Task = Work }, default);
        Assert.Equal(24, cron.Count(At("2026-01-01T00:00Z"), At("2026-01-02T00:00Z")));
        Assert.Equal(ScheduleClock.MaxCounted, cron.Count(At("2026-01-01T00:00Z"), At("2026-02-01T00:00Z")));
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    private static List<DateTimeOffset> Times(ScheduleClock clock, string after, int count)
    {
        var times = new List<DateTimeOffset>();
        for (var at = At(after); times.Count < count; at = times[^1]) times.Add(clock.After(at)!.Value);
        return times;
    }
}
