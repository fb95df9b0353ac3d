using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>Receives the lines of a command. One loop each reads standard output and standard error.</summary>
internal interface ICommandOutput
{
    ValueTask TakeOutput(Line line);

    ValueTask TakeError(Line line);

    /// <exception cref="TaskFailedException">The output has not the form of <c>--result</c>.</exception>
    RawJson Result();

    /// <summary>
    /// Returns the last lines of standard error; null without any. Called if the command failed: a line that may have been the result is then logged.
    /// </summary>
    ValueTask<string?> ComplaintAsync();
}

/// <summary>Converts the output of a command to logs, progress and a result.</summary>
internal sealed class CommandOutput(TaskWork work, ResultForm form) : ICommandOutput
{
    private const int MaxErrorLines = 20;
    private const int MaxErrorLength = 4_000;

    private readonly OutputTail _tail = new();
    private readonly JsonOutput? _all = form == ResultForm.Json ? new() : null;
    private readonly Queue<string> _errors = [];
    private byte[]? _held;

    /// <summary>Takes a line of standard output. A line that may be the result waits until another line shows that it is not.</summary>
    public async ValueTask TakeOutput(Line line)
    {
        if (line.IsWhole && OutputLine.IsProgress(line.Text.Span, out var progress, out var message, out var used))
        {
            if (used is not null) await work.ReportUsageAsync(used);
            await work.ReportProgressAsync(progress, message);
            return;
        }

        if (line.IsWhole && OutputLine.IsUsage(line.Text.Span, out var usage))
        {
            await work.ReportUsageAsync(usage);
            return;
        }

        Keep(line.Text.Span);
        if (line.HasEnd) Keep("\n"u8);
        if (line.Text.Span.IndexOfAnyExcept(" \t\r"u8) < 0) return;
        await LogHeldAsync();
        if (line.IsWhole && MayBeResult(line.Text.Span)) _held = OutputLine.Json(line.Text.Span);
        else await work.LogAsync(OutputLine.Text(line.Text.Span));
    }

    public async ValueTask TakeError(Line line)
    {
        var text = OutputLine.Text(line.Text.Span);
        if (_errors.Count == MaxErrorLines) _errors.Dequeue();
        _errors.Enqueue(PlainText.Clip(text, MaxErrorLength));
        await work.LogAsync($"stderr: {text}");
    }

    public RawJson Result() => form switch
    {
        ResultForm.Json => Json(_all!),
        ResultForm.LastJson => _held is { } last ? RawJson.FromTrusted(last) : throw NotJson("The last line of the output is not JSON", "last-json"),
        _ => _held is { } line ? RawJson.FromTrusted(line) : _tail.ToResult(),
    };

    public async ValueTask<string?> ComplaintAsync()
    {
        await LogHeldAsync();
        var text = string.Join('\n', _errors).Trim();
        return text.Length switch
        {
            0 => null,
            > MaxErrorLength => text[^MaxErrorLength..],
            _ => text,
        };
    }

    private static RawJson Json(JsonOutput all)
    {
        if (all.IsTooLong)
        {
            throw new TaskFailedException(
                "RESULT_TOO_LARGE", $"The output is longer than the {JsonOutput.MaxBytes} bytes that --result json takes.", retryable: false);
        }

        return RawJson.FromTrusted(all.Value() ?? throw NotJson("The output is not one JSON value", "json"));
    }

    private static TaskFailedException NotJson(string what, string asked) => new("RESULT_NOT_JSON", $"{what}, as --result {asked} asks for.");

    private bool MayBeResult(ReadOnlySpan<byte> line) => form switch
    {
        ResultForm.Auto => OutputLine.IsJsonObject(line),
        ResultForm.LastJson => OutputLine.IsJson(line),
        _ => false,
    };

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (_all is null) _tail.Add(text);
        else _all.Add(text);
    }

    private async ValueTask LogHeldAsync()
    {
        if (_held is not { } line) return;
        _held = null;
        await work.LogAsync(OutputLine.Text(line));
    }
}
