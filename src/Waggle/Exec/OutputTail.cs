using System.Text;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>Keeps the end of a command's output, as much as a result may contain. Not thread-safe.</summary>
internal sealed class OutputTail
{
    public const int MaxBytes = 256 * 1024;

    // A result and its envelope must fit into one message of 1 MiB.
    private const int MaxResultBytes = 900 * 1024;

    private byte[] _bytes = new byte[16 * 1024];
    private int _length;

    public long Total { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        Total += text.Length;
        if (text.Length > MaxBytes) text = text[^MaxBytes..];
        if (_length + text.Length > _bytes.Length) MakeRoom(text.Length);
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
    }

    /// <summary>Returns the whole output as a JSON string; if there was too much, an object with its end and a note.</summary>
    public RawJson ToResult()
    {
        var kept = Math.Min(_length, MaxBytes);
        while (true)
        {
            var whole = kept == Total;
            var result = Write(Tail(kept), whole);
            if (result.Length <= MaxResultBytes) return RawJson.FromTrusted(result);
            kept /= 2;
        }
    }

    private string Tail(int length)
    {
        var tail = _bytes.AsSpan(_length - length, length);
        // Skips the rest of a character that was cut.
        while (length < Total && tail.Length > 0 && (tail[0] & 0xC0) == 0x80) tail = tail[1..];
        if (tail.EndsWith("\n"u8)) tail = tail[..^1];
        return Encoding.UTF8.GetString(tail);
    }

    private byte[] Write(string text, bool whole)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, JsonText.Checked))
        {
            if (whole)
            {
                writer.WriteStringValue(text);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteString("output"u8, text);
                writer.WriteBoolean("truncated"u8, true);
                writer.WriteNumber("bytes"u8, Total);
                writer.WriteEndObject();
            }
        }

        return json.ToArray();
    }

    private void MakeRoom(int more)
    {
        if (_length + more > 2 * MaxBytes)
        {
            _bytes.AsSpan(_length - MaxBytes, MaxBytes).CopyTo(_bytes);
            _length = MaxBytes;
        }

        if (_length + more > _bytes.Length) Array.Resize(ref _bytes, Math.Min(2 * MaxBytes, Math.Max(2 * _bytes.Length, _length + more)));
    }
}
