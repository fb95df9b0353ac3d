using System.Globalization;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The printed form of bulks.</summary>
internal static class BulkText
{
    /// <summary>Prints a bulk. The exit code is 1 if it was stopped or could not change some tasks.</summary>
    public static int Print(HubCall call, BulkView bulk)
    {
        if (call.Print.IsJson) Printer.Json(bulk, HubJson.Default.BulkView);
        else Printer.Pairs(Pairs(bulk));
        return bulk.Failed == 0 && bulk.State != BulkState.Stopped ? ExitCodes.Ok : ExitCodes.Failed;
    }

    public static string?[] Row(BulkView b) =>
    [
        b.Id, SnakeCase.Of(b.State), Action(b), Number(b.Matched), Number(b.Changed), Number(b.Unchanged), Number(b.Skipped), Number(b.Failed), b.StartedBy,
        TaskQueryText.Of(b.Spec.Filter),
    ];

    private static IEnumerable<(string, string?)> Pairs(BulkView b) =>
    [
        ("bulk", b.Id), ("state", SnakeCase.Of(b.State)), ("action", Action(b)), ("filter", TaskQueryText.Of(b.Spec.Filter)),
        ("matched", Number(b.Matched)), ("changed", Number(b.Changed)), ("unchanged", Number(b.Unchanged)), ("skipped", Number(b.Skipped)),
        ("failed", Number(b.Failed)),
        .. (b.Failures ?? []).Select(f => (f.Code, (string?)$"{Number(f.Count)}, for example {f.Task}: {f.Message}")),
        ("started", $"{Printer.Time(b.StartedAt)}, by {b.StartedBy}"),
        ("ended", b.EndedAt is { } ended ? Printer.Time(ended) : null), ("stopped by", b.StoppedBy),
    ];

    private static string Action(BulkView b) => b.Spec.Priority is { } priority
        ? $"{SnakeCase.Of(b.Spec.Action)} {priority.ToString(CultureInfo.InvariantCulture)}"
        : SnakeCase.Of(b.Spec.Action);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
