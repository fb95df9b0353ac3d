using System.CommandLine;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Shared;

/// <summary>Prints the result of a task on standard output, and maps its end to the exit code.</summary>
internal static class ResultText
{
    public static Option<bool> Raw() => new("--raw", "-r") { Description = "Print a result that is a JSON string as its text, without quotes and escapes." };

    public static async Task<int> PrintAsync(HubCall call, WaggleClient client, TaskView task, bool raw)
    {
        if (call.Print.IsJson) Printer.Json(task, HubJson.Default.TaskView);
        else if (task.State == TaskState.Completed) Print(await ResultAsync(client, task, call.Cancel), raw);
        if (task.State == TaskState.Completed) return ExitCodes.Ok;
        var why = task.Error is { } error ? $": {error.Code}: {error.Message}" : task.CancelReason is { } reason ? $": {reason}" : ".";
        return Cli.Fail($"Task {task.Id} {(task.State.IsTerminal() ? "ended as" : "has no result: it is")} {SnakeCase.Of(task.State)}{why}", ExitCodes.Failed);
    }

    private static void Print(RawJson result, bool raw)
    {
        if (raw && result.ToElement() is { ValueKind: JsonValueKind.String } text) Printer.Text(text.GetString()!);
        else Printer.Text(JsonText.ForTerminal(result));
    }

    // The task does not contain a long result; it needs another request.
    private static async Task<RawJson> ResultAsync(WaggleClient client, TaskView task, CancellationToken cancel)
    {
        if (task.ResultRef is null || !task.Result.IsNull) return task.Result;
        await using var stream = await client.GetResultAsync(task.Id, cancel);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancel);
        return RawJson.FromTrusted(bytes.ToArray());
    }
}
