using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>Makes logs, progress and a result of what a command writes. Standard output and standard error are each read by one loop.</summary>
internal sealed class CommandOutput(TaskWork work)
{
    private const int MaxErrorLines = 20;
    private const int MaxErrorLength = 4_000;

    private readonly OutputTail _tail = new();
    private readonly Queue<string> _errors = [];
    private byte[]? _json;

    /// <summary>A line that is JSON may be the result: it is held back until another line shows that it is not.</summary>
    public async ValueTask TakeOutput(Line line)
    {
        if (line.IsWhole && OutputLine.IsProgress(line.Text.Span, out var progress, out var message))
        {
            await work.ReportProgressAsync(progress, message);
            return;
        }

        _tail.Add(line.Text.Span);
        if (line.HasEnd) _tail.Add("\n"u8);
        if (line.Text.Span.IndexOfAnyExcept(" \t\r"u8) < 0) return;
        await LogHeldAsync();
        if (line.IsWhole && OutputLine.IsJson(line.Text.Span)) _json = line.Text.ToArray();
        else await work.LogAsync(OutputLine.Text(line.Text.Span));
    }

    public async ValueTask TakeError(Line line)
    {
        var text = OutputLine.Text(line.Text.Span);
        if (_errors.Count == MaxErrorLines) _errors.Dequeue();
        _errors.Enqueue(Printer.Clip(text, MaxErrorLength));
        await work.LogAsync($"stderr: {text}");
    }

    public RawJson Result() => _json is null ? _tail.ToResult() : RawJson.FromTrusted(_json);

    /// <summary>The last lines of standard error, null without any. The command failed: what looked like a result is a line like others.</summary>
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

    private async ValueTask LogHeldAsync()
    {
        if (_json is not { } line) return;
        _json = null;
        await work.LogAsync(OutputLine.Text(line));
    }
}
