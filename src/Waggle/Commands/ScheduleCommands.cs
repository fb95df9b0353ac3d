using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle schedule …</c></summary>
internal static class ScheduleCommands
{
    public static Command Create() => new("schedule", "Create tasks at given times: by cron, at an interval, or once.")
    {
        ScheduleSetCommand.Create(),
        Show(),
        List(),
        Act("pause", "Stop the runs of a schedule until it is resumed. Its open tasks go on.", static (s, id, cancel) => s.PauseAsync(id, cancel)),
        Act("resume", "End a pause. The next run is the next one after now.", static (s, id, cancel) => s.ResumeAsync(id, cancel)),
        Act("run", "Run a schedule now, beside its times.", static (s, id, cancel) => s.RunAsync(id, cancel)),
        Act("remove", "Delete a schedule. Its open tasks go on.", static (s, id, cancel) => s.RemoveAsync(id, cancel)),
    };

    public static Argument<string> Id() => new("schedule") { Description = "The schedule's id." };

    /// <summary>Prints a schedule.</summary>
    public static int Print(HubCall call, ScheduleView s)
    {
        if (call.Print.IsJson) Printer.Json(s, HubJson.Default.ScheduleView);
        else Printer.Pairs(Pairs(s));
        return ExitCodes.Ok;
    }

    private static Command Act(string name, string description, Func<WaggleSchedules, string, CancellationToken, Task<ScheduleView>> act)
    {
        var id = Id();
        return HubCommand.Create(
            name, description, async call => Print(call, await act((await call.ConnectAsync()).Schedules, call.Get(id), call.Cancel)), id);
    }

    private static Command Show()
    {
        var id = Id();
        return HubCommand.Create(
            "show",
            "Print a schedule with its next run, its open runs and its counts.",
            async call =>
            {
                var found = await (await call.ConnectAsync()).Schedules.GetAsync(call.Get(id), call.Cancel);
                return found is null ? Cli.Fail($"There is no schedule '{call.Get(id)}'.", ExitCodes.Failed) : Print(call, found);
            },
            id);
    }

    private static Command List()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only schedules of this swarm.");
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List schedules, the newest first.",
            async call =>
            {
                var found = new List<ScheduleView>();
                await foreach (var schedule in (await call.ConnectAsync()).Schedules.ListAsync(call.Get(swarm), cancel: call.Cancel))
                {
                    found.Add(schedule);
                    if (found.Count == call.Get(limit)) break;
                }

                if (call.Print.IsJson) Printer.Json(writer => Write(writer, found));
                else Printer.Table(["SCHEDULE", "STATE", "WHEN", "NEXT", "LAST", "RUNS", "SKIPPED", "TOO LATE", "TITLE"], [.. found.Select(Row)]);
                return ExitCodes.Ok;
            },
            swarm, limit);
    }

    private static void Write(Utf8JsonWriter writer, List<ScheduleView> schedules)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schedules"u8);
        foreach (var schedule in schedules) JsonSerializer.Serialize(writer, schedule, HubJson.Default.ScheduleView);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string?[] Row(ScheduleView s) =>
    [
        s.Id, SnakeCase.Of(s.State), When(s.Spec), Time(s.NextRunAt), Time(s.LastRunAt), Number(s.Runs), Number(s.Skipped), Number(s.TooLate),
        s.Spec.Task.Title,
    ];

    private static IEnumerable<(string, string?)> Pairs(ScheduleView s) =>
    [
        ("schedule", s.Id), ("swarm", s.Swarm), ("state", SnakeCase.Of(s.State)), ("when", When(s.Spec)),
        ("overlap", SnakeCase.Of(s.Spec.Overlap ?? OverlapPolicy.Skip)),
        ("task", s.Spec.Task.Title), ("next run", Time(s.NextRunAt)), ("last run", s.LastRunAt is null ? null : $"{Time(s.LastRunAt)}, task {s.LastTask}"),
        ("running", s.Running.Count == 0 ? null : string.Join(", ", s.Running)), ("queued", s.Queued == 0 ? null : Number(s.Queued)),
        ("runs", Number(s.Runs)), ("skipped", Number(s.Skipped)), ("too late", Number(s.TooLate)), ("problem", s.LastProblem),
        ("set", $"{Printer.Time(s.SetAt)}, by {s.SetBy}"),
    ];

    private static string When(ScheduleSpec spec) =>
        spec.Cron is { } cron ? $"{cron} {spec.TimeZone ?? "UTC"}"
        : spec.EveryMs is { } every ? $"every {Durations.Typed(TimeSpan.FromMilliseconds(every))}"
        : $"once, {Time(spec.RunAt)}";

    private static string? Time(DateTimeOffset? time) => time is { } at ? Printer.Time(at) : null;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
