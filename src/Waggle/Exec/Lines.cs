using System.Diagnostics;

namespace Waggle.Exec;

/// <summary>One line of a stream, without its newline. A line longer than <see cref="Lines.MaxLength"/> comes in pieces.</summary>
/// <param name="IsWhole">Whether this is a whole line and not a piece of one.</param>
/// <param name="HasEnd">Whether a newline followed: false for a piece with more to come, and for a last line without a newline.</param>
internal readonly record struct Line(ReadOnlyMemory<byte> Text, bool IsWhole, bool HasEnd);

/// <summary>Reads a command's stream line by line until its end, or until the command has ended while another process still holds the stream.</summary>
internal sealed class Lines(Stream stream, Task ended)
{
    public const int MaxLength = 256 * 1024;

    // The pipe holds at most this much after the end of the command.
    private const int MaxLate = 1024 * 1024;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly byte[] _buffer = new byte[MaxLength];
    private int _length;
    private bool _inPieces;
    private TimeSpan _waited;
    private int _late;

    public async Task ReadAsync(Func<Line, ValueTask> sink)
    {
        while (true)
        {
            var read = await ReadAsync();
            if (read == 0) break;
            var from = 0;
            _length += read;
            for (int end; (end = Array.IndexOf(_buffer, (byte)'\n', from, _length - from)) >= 0; from = end + 1) await sink(Cut(from, end, hasEnd: true));
            _length -= from;
            if (from > 0) Array.Copy(_buffer, from, _buffer, 0, _length);
            if (_length < _buffer.Length) continue;
            await sink(new Line(_buffer.AsMemory(0, _length), IsWhole: false, HasEnd: false));
            (_length, _inPieces) = (0, true);
        }

        if (_length > 0) await sink(Cut(0, _length, hasEnd: false));
    }

    private Line Cut(int from, int end, bool hasEnd)
    {
        var whole = !_inPieces;
        _inPieces = false;
        return new Line(_buffer.AsMemory(from, end - from), whole, hasEnd);
    }

    private async ValueTask<int> ReadAsync()
    {
        try
        {
            var reading = stream.ReadAsync(_buffer.AsMemory(_length));
            if (reading.IsCompleted) return Late(await reading);
            var read = reading.AsTask();
            if (!ended.IsCompleted) await Task.WhenAny(read, ended);
            if (read.IsCompleted) return await read;
            var since = Stopwatch.GetTimestamp();
            var count = await read.WaitAsync(FlushTimeout - _waited);
            _waited += Stopwatch.GetElapsedTime(since);
            return _waited < FlushTimeout ? Late(count) : 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            return 0;
        }
    }

    private int Late(int count)
    {
        if (!ended.IsCompleted) return count;
        return (_late += count) <= MaxLate ? count : 0;
    }
}
