using System.CommandLine;
using System.Globalization;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary><c>waggle alerts</c>: the problems of the hub or its machine, and the users who acknowledged them.</summary>
internal static class AlertCommands
{
    private static readonly string[] Patterns = ["system.alert.#", "system.module.#"];

    public static Command Create()
    {
        var all = new Option<bool>("--all") { Description = "Include resolved alerts." };
        var watch = new Option<bool>("--watch") { Description = "Print the open alerts, then every change, until Ctrl-C." };
        var command = HubCommand.Create("alerts", "List, watch and acknowledge alerts.", call => RunAsync(call, call.Get(all), call.Get(watch)), all, watch);
        command.Add(Acknowledge());
        return command;
    }

    private static Command Acknowledge()
    {
        var id = HubIds.OfAlert();
        return HubCommand.Create(
            "ack",
            "Acknowledge an alert. It stays open until its condition ends.",
            async call =>
            {
                var alert = await (await call.ConnectAsync()).AcknowledgeAlertAsync(call.Get(id), call.Cancel);
                if (call.Print.IsJson) Printer.Json(alert, HubJson.Default.AlertView);
                else Printer.Pairs(Pairs(alert));
                return ExitCodes.Ok;
            },
            id);
    }

    private static async Task<int> RunAsync(HubCall call, bool all, bool watch)
    {
        var client = await call.ConnectAsync(patient: watch);
        if (!watch)
        {
            await ListAsync(call, client, all);
            return ExitCodes.Ok;
        }

        try
        {
            await using var observer = client.ObserveAsync(Patterns, cancel: call.Cancel);
            await observer.Ready.WaitAsync(call.Cancel);
            await ListAsync(call, client, all);
            await foreach (var observation in observer) ObservationPrinter.Print(call.Print, observation);
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the watch.
        }

        return ExitCodes.Ok;
    }

    private static async Task ListAsync(HubCall call, WaggleClient client, bool all)
    {
        var alerts = await client.ListAlertsAsync(all ? null : [AlertState.Firing, AlertState.Acknowledged], cancel: call.Cancel);
        if (call.Print.IsJson) Printer.Json(new AlertPage(alerts, null), HubJson.Default.AlertPage);
        else if (alerts.Count == 0) Printer.Note(all ? "There are no alerts." : "No alert is open.");
        else Printer.Table(["ID", "LEVEL", "STATE", "RULE", "SINCE", "AGE", "MESSAGE"], [.. alerts.Select(a => Row(a, TimeProvider.System.GetUtcNow()))]);
    }

    private static string?[] Row(AlertView a, DateTimeOffset now) =>
        [a.Id, SnakeCase.Of(a.Level), SnakeCase.Of(a.State), a.Rule, Printer.Time(a.Since), Durations.Short(now - a.Since), a.Message];

    private static IEnumerable<(string, string?)> Pairs(AlertView a) =>
    [
        ("id", a.Id), ("level", SnakeCase.Of(a.Level)), ("state", SnakeCase.Of(a.State)), ("rule", a.Rule), ("resource", a.Resource), ("module", a.Module),
        ("message", a.Message),
        ("value", a.Value?.ToString("0.##", CultureInfo.InvariantCulture)), ("trend", a.Trend is { } trend ? SnakeCase.Of(trend) : null),
        ("since", Printer.Time(a.Since)), ("acknowledged", a.AcknowledgedAt is { } at ? $"{Printer.Time(at)} by {a.AcknowledgedBy}" : null),
    ];
}
