using System.Buffers.Text;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>One client of one dialect. It counts the messages about tasks and the age of their records at the receipt.</summary>
internal sealed class DialectObserver : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private readonly WatchedDialect _dialect;
    private readonly LatencyCount _latency;
    private readonly long[] _counts;

    private DialectObserver(WatchedDialect dialect, LatencyCount latency)
    {
        _dialect = dialect;
        _latency = latency;
        _counts = new long[dialect.PerTask.Length];
        _socket.Options.SetBuffer(BufferSize, 1024);
    }

    /// <summary>The reading task. It fails if the hub ends the connection.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>Connects, and returns once the subscription is in force.</summary>
    public static async Task<DialectObserver> OpenAsync(Uri hub, WatchedDialect dialect, LatencyCount latency, CancellationToken cancel)
    {
        var observer = new DialectObserver(dialect, latency);
        await observer._socket.ConnectAsync(new Uri(new UriBuilder(hub) { Scheme = "ws" }.Uri, dialect.Path), cancel);
        if (dialect.Hello is { } hello) await observer._socket.SendAsync(Encoding.UTF8.GetBytes(hello), WebSocketMessageType.Text, true, cancel);
        while (observer._buffer.AsSpan(0, await observer.ReceiveAsync(cancel)).IndexOf(dialect.ReadyMark) < 0)
        {
        }

        observer.Reading = observer.ReadAsync(cancel);
        return observer;
    }

    public void Clear() => Array.Clear(_counts);

    /// <summary>Returns a description of the missing messages; null if there are none.</summary>
    public string? Missing(long tasks)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            var (kind, each) = _dialect.PerTask[i];
            if (Volatile.Read(ref _counts[i]) is var count && count < tasks * each) return string.Create(CultureInfo.InvariantCulture, $"{count} {kind} instead of {tasks * each}");
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync(CancellationToken cancel)
    {
        while (true) Take(_buffer.AsSpan(0, await ReceiveAsync(cancel)));
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        var at = message.IndexOf(_dialect.KindMark);
        if (at < 0) return;
        var kind = message[(at + _dialect.KindMark.Length)..];
        for (var i = 0; i < _counts.Length; i++)
        {
            if (!kind.StartsWith(_dialect.Kinds[i]) || kind[_dialect.Kinds[i].Length] != '"') continue;
            Volatile.Write(ref _counts[i], _counts[i] + 1);
            _latency.Add(TimeProvider.System.GetUtcNow() - TimeOf(message));
            return;
        }
    }

    // Foreign envelopes have the time last, and once more inside.
    private DateTimeOffset TimeOf(ReadOnlySpan<byte> message)
    {
        var time = message[(message.LastIndexOf(_dialect.TimeMark) + _dialect.TimeMark.Length)..];
        if (time[0] != '"') return Utf8Parser.TryParse(time, out long ms, out _) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : throw new FormatException("A message has no time.");
        Span<char> text = stackalloc char[24];
        Encoding.ASCII.GetChars(time.Slice(1, text.Length), text);
        return DateTimeOffset.ParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }

    private async ValueTask<int> ReceiveAsync(CancellationToken cancel)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancel);
            if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException($"The hub sent an observer of {_dialect.Name} away: {_socket.CloseStatusDescription}");
            length += part.Count;
            if (part.EndOfMessage) return length;
        }
    }
}
