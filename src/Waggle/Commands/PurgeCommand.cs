using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle purge …</c></summary>
internal static class PurgeCommand
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var task = new Option<string?>("--task") { Description = "Erase the payload of this task, which has ended.", HelpName = "id" };
        var subject = new Option<string?>("--subject")
        {
            Description = "Erase all that this client brought: its ended tasks, entries of memory and messages.",
            HelpName = "name",
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask for a confirmation." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what the purge would begin with and change nothing." };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until everything is erased." };
        var command = HubCommand.Create(
            "purge",
            "Erase the payload of a task or of a client wherever the hub keeps it: texts, inputs, results, log lines, memory. There is no way back.",
            async call =>
            {
                if (call.Get(task) is null == call.Get(subject) is null) throw new CliException("Name one of --task and --subject.", ExitCodes.Usage);
                var spec = new PurgeSpec { Task = call.Get(task), Subject = call.Get(subject) };
                var purges = (await call.ConnectAsync()).Purges;
                var counted = await purges.CountAsync(spec, call.Cancel);
                if (call.Get(dryRun))
                {
                    if (call.Print.IsJson) Printer.Json(counted, HubJson.Default.PurgeCounted);
                    else Printer.Line(Text(counted));
                    return ExitCodes.Ok;
                }

                if (!call.Get(yes) && !IsConfirmed(call, counted)) return ExitCodes.Usage;
                var purge = await purges.StartAsync(spec, call.Cancel);
                Print(call, call.Get(noWait) ? purge : await WaitAsync(call, purges, purge));
                return ExitCodes.Ok;
            },
            task, subject, yes, dryRun, noWait);
        command.Add(List());
        command.Add(Show());
        return command;
    }

    private static Command List()
    {
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List purges, the newest first.",
            async call =>
            {
                var found = new List<PurgeView>();
                await foreach (var purge in (await call.ConnectAsync()).Purges.ListAsync(call.Cancel))
                {
                    found.Add(purge);
                    if (found.Count == call.Get(limit)) break;
                }

                if (call.Print.IsJson) Printer.Json(writer => Write(writer, found));
                else Printer.Table(["PURGE", "STATE", "OF", "TASKS", "OPEN", "MEMORY", "MESSAGES", "BLOBS", "RECORDS", "BY"], [.. found.Select(Row)]);
                return ExitCodes.Ok;
            },
            limit);
    }

    private static Command Show()
    {
        var id = new Argument<string>("purge") { Description = "The purge's id." };
        return HubCommand.Create(
            "show",
            "Print a purge and how far it is.",
            async call =>
            {
                if (await (await call.ConnectAsync()).Purges.GetAsync(call.Get(id), call.Cancel) is not { } found)
                    return Cli.Fail($"There is no purge '{call.Get(id)}'.", ExitCodes.Failed);
                Print(call, found);
                return ExitCodes.Ok;
            },
            id);
    }

    private static bool IsConfirmed(HubCall call, PurgeCounted counted)
    {
        if (call.Print.IsJson || Console.IsInputRedirected)
            throw new CliException($"{Text(counted)}. Add --yes to erase them, or --dry-run to print their number.", ExitCodes.Usage);
        Console.Error.Write($"{Text(counted)}. Erase them? There is no way back. [y/N] ");
        if (Console.ReadLine()?.Trim() is "y" or "Y" or "yes") return true;
        Printer.Note("Nothing was changed.");
        return false;
    }

    private static async Task<PurgeView> WaitAsync(HubCall call, WagglePurges purges, PurgeView purge)
    {
        string? said = null;
        using var beat = new PeriodicTimer(Beat);
        while (purge.State == PurgeState.Running)
        {
            await beat.WaitForNextTickAsync(call.Cancel);
            purge = await purges.GetAsync(purge.Id, call.Cancel) ?? throw new CliException($"Purge '{purge.Id}' is gone.");
            var text = $"{purge.Id}: {Step(purge)}, {Number(purge.Counts.Tasks)} tasks and {Number(purge.Records)} records of the log erased.";
            if (text == said || purge.State != PurgeState.Running) continue;
            Printer.Note(text);
            said = text;
        }

        return purge;
    }

    private static void Print(HubCall call, PurgeView purge)
    {
        if (call.Print.IsJson) Printer.Json(purge, HubJson.Default.PurgeView);
        else Printer.Pairs(Pairs(purge));
    }

    private static IEnumerable<(string, string?)> Pairs(PurgeView p) =>
    [
        ("purge", p.Id), ("state", SnakeCase.Of(p.State)), ("of", Of(p.Spec)), ("step", p.Step is null ? null : Step(p)),
        ("tasks", Number(p.Counts.Tasks)), ("memory entries", Number(p.Counts.MemoryEntries)), ("messages", Number(p.Counts.Messages)),
        ("results", Number(p.Blobs)), ("records", Number(p.Records)),
        ("not purged", p.Counts.OpenTasks == 0 ? null : $"{Number(p.Counts.OpenTasks)} tasks have not ended: {string.Join(' ', p.OpenTasks ?? [])}"),
        ("started", $"{Printer.Time(p.StartedAt)}, by {p.StartedBy}"), ("ended", p.EndedAt is { } ended ? Printer.Time(ended) : null),
    ];

    private static string?[] Row(PurgeView p) =>
    [
        p.Id, SnakeCase.Of(p.State), Of(p.Spec), Number(p.Counts.Tasks), Number(p.Counts.OpenTasks), Number(p.Counts.MemoryEntries),
        Number(p.Counts.Messages), Number(p.Blobs), Number(p.Records), p.StartedBy,
    ];

    private static string Text(PurgeCounted counted) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Of(counted.Spec)}: {counted.Counts.Tasks:N0} ended tasks, {counted.Counts.MemoryEntries:N0} entries of memory, "
        + $"{counted.Counts.Messages:N0} messages")
        + (counted.Counts.OpenTasks == 0 ? "" : $"; {Number(counted.Counts.OpenTasks)} open tasks stay as they are");

    private static string Step(PurgeView p) => p is { Step: PurgeStep.Log, LogOffset: { } at, LogEnd: { } end }
        ? $"log {Number(at)} of {Number(end)}"
        : SnakeCase.Of(p.Step ?? PurgeStep.Tasks);

    private static string Of(PurgeSpec spec) => spec.Task is { } task ? $"task {task}" : $"subject {spec.Subject}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter writer, List<PurgeView> purges)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("purges"u8);
        foreach (var purge in purges) JsonSerializer.Serialize(writer, purge, HubJson.Default.PurgeView);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
