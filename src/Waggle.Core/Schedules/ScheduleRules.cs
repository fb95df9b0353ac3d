using Cronos;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Schedules;

/// <summary>Checks a spec. Each error names the field, its rule and its value.</summary>
internal static class ScheduleRules
{
    public const long StandardCatchUpMs = 60_000;
    private const long YearMs = 31_536_000_000;
    private const long DayMs = 86_400_000;
    private const int MaxCronLength = 200;

    /// <summary>Returns the fault of a spec that is wrong at any time.</summary>
    public static Error? Problem(ScheduleSpec spec)
    {
        var times = (spec.Cron is null ? 0 : 1) + (spec.EveryMs is null ? 0 : 1) + (spec.RunAt is null ? 0 : 1);
        if (times != 1) return Bad($"Exactly one of cron, every_ms and run_at is required; there were {times}.");
        if (spec.TimeZone is not null && spec.Cron is null) return Bad("time_zone belongs to cron.");
        if (spec.Task is null) return Bad("task is missing.");
        if (spec.Task.DependsOn is not null || spec.Task.Parent is not null || spec.Task.IdempotencyKey is not null)
            return Bad("The task of a schedule has no depends_on, parent or idempotency_key: each run is a task of its own.");
        if (spec.Task.Singleton is not null || spec.Task.Debounce is not null)
            return Bad("The task of a schedule has no singleton or debounce: overlap says what becomes of a run while an earlier one is open.");
        if (spec.Task.Input.Utf8.Length > Limits.MaxScheduleInputBytes)
        {
            return new(
                ErrorCodes.TooLarge, $"The input of a schedule's task has at most {Limits.MaxScheduleInputBytes} bytes; it had {spec.Task.Input.Utf8.Length}.");
        }

        return Range("every_ms", spec.EveryMs, 1_000, YearMs)
            ?? Range("catch_up_ms", spec.CatchUpMs, 10_000, YearMs)
            ?? Range("jitter_ms", spec.JitterMs, 0, DayMs)
            ?? Unreadable(spec);
    }

    public static TimeSpan CatchUp(ScheduleSpec spec) => TimeSpan.FromMilliseconds(spec.CatchUpMs ?? StandardCatchUpMs);

    /// <summary>Returns the reason why this machine cannot read the times of a spec.</summary>
    public static Error? Unreadable(ScheduleSpec spec)
    {
        if (spec.Cron is { Length: > MaxCronLength }) return Bad($"cron has at most {MaxCronLength} characters.");
        try
        {
            _ = new ScheduleClock(spec, default);
            return null;
        }
        catch (CronFormatException e)
        {
            return Bad($"cron '{PlainText.Clip(spec.Cron, 40)}' is wrong: {e.Message}");
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            return Bad($"time_zone '{PlainText.Clip(spec.TimeZone, 40)}' is not a time zone of this machine: use a name such as Europe/Berlin.");
        }
    }

    private static Error? Range(string name, long? value, long least, long most) =>
        value is { } number && (number < least || number > most) ? Bad($"{name} is {least} to {most}; it was {number}.") : null;

    private static Error Bad(string message) => new(ErrorCodes.InvalidRequest, message);
}
