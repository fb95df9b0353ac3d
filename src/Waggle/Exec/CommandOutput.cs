using Waggle.Client;
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
    public async ValueTask TakeOutput(ReadOnlyMemory<byte> line, bool isWhole)
    {
        if (isWhole && OutputLine.IsProgress(line.Span, out var progress, out var message))
        {
            await work.ReportProgressAsync(progress, message);
            return;
        }

        _tail.Add(line.Span);
        _tail.Add("\n"u8);
        if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) return;
        await LogHeldAsync();
        if (isWhole && OutputLine.IsJson(line.Span)) _json = line.ToArray();
        else await work.LogAsync(OutputLine.Text(line.Span));
    }

    public async ValueTask TakeError(ReadOnlyMemory<byte> line, bool isWhole)
    {
        var text = OutputLine.Text(line.Span);
        if (_errors.Count == MaxErrorLines) _errors.Dequeue();
        _errors.Enqueue(text);
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
