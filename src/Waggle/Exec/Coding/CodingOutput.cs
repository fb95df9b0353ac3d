using System.Buffers;
using System.Text;
using Waggle.Protocol.Json;

namespace Waggle.Exec.Coding;

/// <summary>Joins the pieces of long lines, and keeps the last lines of standard error.</summary>
internal sealed class CodingOutput(Func<string, ValueTask> take)
{
    /// <summary>The longest line that is read. An agent's line may contain a whole file.</summary>
    public const int MaxLine = 16 * 1024 * 1024;

    private const int MaxErrorLines = 20;
    private const int MaxErrorLength = 4_000;

    private readonly ArrayBufferWriter<byte> _pieces = new();
    private readonly Queue<string> _errors = [];
    private long _dropped;

    /// <summary>The last lines of standard error; null without any.</summary>
    public string? Complaint
    {
        get
        {
            var text = string.Join('\n', _errors).Trim();
            return text.Length == 0 ? null : text.Length > MaxErrorLength ? text[^MaxErrorLength..] : text;
        }
    }

    public ValueTask TakeOutput(Line line)
    {
        if (line.IsWhole && _pieces.WrittenCount == 0 && line.HasEnd) return TakeWhole(OutputLine.Text(line.Text.Span));
        if (_dropped > 0 || _pieces.WrittenCount + line.Text.Length > MaxLine)
        {
            _dropped += _pieces.WrittenCount + line.Text.Length;
            _pieces.ResetWrittenCount();
        }
        else
        {
            _pieces.Write(line.Text.Span);
        }

        return line.HasEnd ? Flush() : default;
    }

    /// <summary>Takes a last line without an end.</summary>
    public ValueTask Flush()
    {
        var text = _dropped > 0
            ? $"A line of {_dropped} bytes is too long and was not read."
            : Encoding.UTF8.GetString(_pieces.WrittenSpan.TrimEnd((byte)'\r'));
        _pieces.ResetWrittenCount();
        _dropped = 0;
        return TakeWhole(text);
    }

    public void TakeError(string text)
    {
        if (_errors.Count == MaxErrorLines) _errors.Dequeue();
        _errors.Enqueue(PlainText.Clip(text, MaxErrorLength));
    }

    private ValueTask TakeWhole(string text) => string.IsNullOrWhiteSpace(text) ? default : take(text);
}
