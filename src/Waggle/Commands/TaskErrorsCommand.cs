using System.CommandLine;
using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle task errors</c></summary>
internal static class TaskErrorsCommand
{
    public static Command Create()
    {
        var where = new Option<string?>("--where")
        {
            Description = "Only errors of tasks that match, for example 'swarm:s1 type:build'. Keys: state, swarm, parent, type, error, text.",
            HelpName = "filter",
        };
        var limit = Numbers.Option("--limit", "The maximum number of errors.", least: 1, most: Protocol.Limits.MaxPageSize, standard: 100);
        return HubCommand.Create(
            "errors",
            "List the errors of tasks that failed, expired or wait for a retry, the most frequent first.",
            async call =>
            {
                if (!TaskQueryText.TryParse(call.Get(where) ?? "", out var query, out var problem))
                    throw new CliException($"--where: {problem}", ExitCodes.Usage);
                var page = await (await call.ConnectAsync()).ListTaskErrorsAsync(query, call.Get(limit), call.Cancel);
                if (call.Print.IsJson) Printer.Json(page, HubJson.Default.TaskErrorPage);
                else Printer.Table(["ERROR", "TASKS", "CODE", "FIRST", "LAST", "TASK", "TYPES", "MESSAGE"], [.. page.Errors.Select(Row)]);
                if (page.More) Printer.Note("There are more errors: use a larger --limit.");
                return ExitCodes.Ok;
            },
            where,
            limit);
    }

    private static string?[] Row(TaskErrorGroup e) =>
    [
        e.Fingerprint, e.Count.ToString(CultureInfo.InvariantCulture), e.Code, Printer.Time(e.FirstAt), Printer.Time(e.LastAt), e.Task,
        e.Types.Count == 0 ? null : string.Join(",", e.Types), PlainText.Clip(PlainText.OneLine(e.Message), 80),
    ];
}
