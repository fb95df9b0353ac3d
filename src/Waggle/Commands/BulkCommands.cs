using System.CommandLine;
using System.Text.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle bulk …</c></summary>
internal static class BulkCommands
{
    public static Command Create() => new("bulk", "Show and stop changes of many tasks, which 'waggle task cancel|retry|priority --where' begins.")
    {
        List(),
        Show(),
        Stop(),
    };

    private static Argument<string> Id() => new("bulk") { Description = "The bulk's id." };

    private static Command List()
    {
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List bulks, the newest first.",
            async call =>
            {
                var found = new List<BulkView>();
                await foreach (var bulk in (await call.ConnectAsync()).Bulks.ListAsync(cancel: call.Cancel))
                {
                    found.Add(bulk);
                    if (found.Count == call.Get(limit)) break;
                }

                if (call.Print.IsJson) Printer.Json(writer => Write(writer, found));
                else
                {
                    Printer.Table(
                        ["BULK", "STATE", "ACTION", "MATCHED", "CHANGED", "UNCHANGED", "SKIPPED", "FAILED", "BY", "FILTER"], [.. found.Select(BulkText.Row)]);
                }

                return ExitCodes.Ok;
            },
            limit);
    }

    private static Command Show()
    {
        var id = Id();
        return HubCommand.Create(
            "show",
            "Print a bulk with its counts and the reasons of its failures; exit code 1 if it could not change some tasks.",
            async call =>
            {
                var found = await (await call.ConnectAsync()).Bulks.GetAsync(call.Get(id), call.Cancel);
                return found is null ? Cli.Fail($"There is no bulk '{call.Get(id)}'.", ExitCodes.Failed) : BulkText.Print(call, found);
            },
            id);
    }

    private static Command Stop()
    {
        var id = Id();
        return HubCommand.Create(
            "stop",
            "Stop a bulk before its next batch. The tasks that it changed stay changed.",
            async call =>
            {
                var bulk = await (await call.ConnectAsync()).Bulks.StopAsync(call.Get(id), call.Cancel);
                _ = BulkText.Print(call, bulk);
                return ExitCodes.Ok;
            },
            id);
    }

    private static void Write(Utf8JsonWriter writer, List<BulkView> bulks)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("bulks"u8);
        foreach (var bulk in bulks) JsonSerializer.Serialize(writer, bulk, HubJson.Default.BulkView);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
