using Cronos;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>The times of a spec. Pure and thread-safe.</summary>
internal readonly struct ScheduleClock
{
    /// <summary>The greatest number of times of a cron expression that are counted: each is computed from the one before, on the owner's loop.</summary>
    public const int MaxCounted = 100;

    private const int FieldsWithSeconds = 6;
    private readonly ScheduleSpec _spec;
    private readonly DateTimeOffset _anchor;
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;

    /// <param name="anchor">The time from which an interval counts.</param>
    /// <exception cref="CronFormatException">The cron expression is wrong.</exception>
    /// <exception cref="TimeZoneNotFoundException">There is no such time zone.</exception>
    /// <exception cref="InvalidTimeZoneException">The machine's data of the time zone is damaged.</exception>
    public ScheduleClock(ScheduleSpec spec, DateTimeOffset anchor)
    {
        (_spec, _anchor) = (spec, anchor);
        _cron = spec.Cron is { } text ? CronExpression.Parse(text, FormatOf(text)) : null;
        _zone = spec.TimeZone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc;
    }

    public static ScheduleClock Of(ScheduleEntity schedule) => new(schedule.Spec, schedule.Anchor);

    /// <summary>Returns the first time after the given one; null if there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time)
    {
        if (_cron is not null) return _cron.GetNextOccurrence(time, _zone)?.ToUniversalTime();
        if (_spec.EveryMs is { } every)
        {
            var past = (long)(time - _anchor).TotalMilliseconds;
            return _anchor.AddMilliseconds(((past < 0 ? -1 : past / every) + 1) * every);
        }

        return _spec.RunAt > time ? _spec.RunAt : null;
    }

    /// <summary>Counts the times from <paramref name="first"/>, which is one, to <paramref name="before"/>, which is not included.</summary>
    public long Count(DateTimeOffset first, DateTimeOffset before)
    {
        if (_spec.EveryMs is { } every) return ((long)(before - first).TotalMilliseconds + every - 1) / every;
        var count = 0L;
        for (DateTimeOffset? at = first; at < before && count < MaxCounted; at = After(at.Value)) count++;
        return count;
    }

    private static CronFormat FormatOf(string cron) =>
        cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length == FieldsWithSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard;
}
