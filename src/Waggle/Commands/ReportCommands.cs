using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>What the worker of an agent reported about it.</summary>
internal static class ReportCommands
{
    public static Command Reports()
    {
        var id = HubIds.OfAgent();
        return HubCommand.Create(
            "reports",
            "Show what an agent's worker reported: health, metrics and log entries.",
            async call =>
            {
                var reports = await (await call.ConnectAsync()).ShowAgentReportsAsync(call.Get(id), call.Cancel);
                if (call.Print.IsJson) Printer.Json(reports, HubJson.Default.AgentReportsView);
                else
                {
                    Print(reports);
                    foreach (var log in reports.Logs) Printer.Line(Line(log));
                    if (reports is { Health: null, Metrics: null, Logs.Count: 0 }) Printer.Line("nothing was reported since the hub started");
                }

                return ExitCodes.Ok;
            },
            id);
    }

    /// <summary>Prints the health and the metrics, each with the time of its report.</summary>
    public static void Print(AgentReportsView reports)
    {
        if (reports.Health is { } health)
        {
            var text = health.Message is { } message ? $", {message}" : "";
            Printer.Line($"reported {Printer.Time(health.At)}: {(health.Healthy ? "healthy" : "not healthy")}{text}");
        }

        if (reports.Metrics is { } metrics)
            Printer.Line($"reported {Printer.Time(metrics.At)}: {string.Join(", ", metrics.Values.OrderBy(m => m.Key, StringComparer.Ordinal).Select(Text))}");
    }

    private static string Text(KeyValuePair<string, ReportedMetric> metric) =>
        string.Create(CultureInfo.InvariantCulture, $"{metric.Key} {metric.Value.Value}{(metric.Value.Unit is { } unit ? $" {unit}" : "")}");

    private static string Line(ReportedLog log) =>
        $"{Printer.Time(log.At)} {SnakeCase.Of(log.Entry.Level)} {log.Entry.Message}{(log.Entry.Context.IsNull ? "" : $" {log.Entry.Context}")}";
}
