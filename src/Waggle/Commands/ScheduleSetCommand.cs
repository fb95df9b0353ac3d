using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle schedule set</c></summary>
internal static class ScheduleSetCommand
{
    private static readonly string[] Policies = [.. Enum.GetValues<OverlapPolicy>().Select(p => SnakeCase.Of(p))];

    public static Command Create()
    {
        var id = ScheduleCommands.Id();
        var task = new TaskSpecOptions();
        var cron = new Option<string?>("--cron")
        {
            Description = "A cron expression of five fields, of six with seconds first, or a macro such as @daily.",
            HelpName = "expression",
        };
        var zone = new Option<string?>("--time-zone") { Description = "The time zone of --cron, for example Europe/Berlin. Default: UTC.", HelpName = "name" };
        var every = Durations.Optional("--every", "The time between two runs, counted from now, for example 30s or 12h.");
        var at = new Option<DateTimeOffset?>("--at")
        {
            Description = "The time of the only run in ISO 8601, for example 2027-01-31T09:00:00Z. Without an offset: UTC.",
            HelpName = "time",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
                result.AddError($"--at '{text}' is not a time such as 2027-01-31T09:00:00Z.");
                return null;
            },
        };
        var overlap = new Option<string?>("--overlap")
        {
            Description = "skip: a run is skipped while an earlier one is open; queue: it waits; replace: the earlier task is cancelled; "
                + "allow: both run. Default: skip.",
        };
        overlap.AcceptOnlyFromAmong(Policies);
        var catchUp = Durations.Optional("--catch-up", "The age at which a run that was due while the hub was away is still made up for. Default: 60s.");
        var jitter = Durations.Optional("--jitter", "The longest random delay of a run. Default: none.");
        return HubCommand.Create(
            "set",
            "Create a schedule, or replace its spec. The same again changes nothing.",
            async call =>
            {
                var spec = new ScheduleSpec
                {
                    Cron = call.Get(cron),
                    TimeZone = call.Get(zone),
                    EveryMs = Milliseconds(call.Get(every)),
                    RunAt = call.Get(at),
                    Task = await task.ReadAsync(call),
                    Overlap = call.Get(overlap) is { } policy && SnakeCase.TryParse<OverlapPolicy>(policy, out var parsed) ? parsed : null,
                    CatchUpMs = Milliseconds(call.Get(catchUp)),
                    JitterMs = Milliseconds(call.Get(jitter)),
                };
                return ScheduleCommands.Print(call, await (await call.ConnectAsync()).Schedules.SetAsync(call.Get(id), spec, call.Cancel));
            },
            [id, .. task.OfEachRun, cron, zone, every, at, overlap, catchUp, jitter]);
    }

    private static long? Milliseconds(Duration? duration) => duration is { } given ? (long)given.Value.TotalMilliseconds : null;
}
