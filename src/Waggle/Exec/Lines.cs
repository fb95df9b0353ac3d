using System.Diagnostics;

namespace Waggle.Exec;

/// <summary>One line of a stream without its end. A line longer than <see cref="Lines.MaxLength"/> comes in pieces, which are not whole.</summary>
internal delegate ValueTask LineSink(ReadOnlyMemory<byte> line, bool isWhole);

/// <summary>Reads a command's stream line by line until its end, or until the command has ended and somebody else still holds the stream.</summary>
internal sealed class Lines(Stream stream, Task ended)
{
    public const int MaxLength = 256 * 1024;

    // After the command's end the pipe holds this much at the very most.
    private const int MaxLate = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly byte[] _buffer = new byte[MaxLength];
    private int _length;
    private bool _inPieces;
    private TimeSpan _waited;
    private int _late;

    public async Task ReadAsync(LineSink sink)
    {
        while (true)
        {
            var read = await ReadAsync();
            if (read == 0) break;
            var from = 0;
            _length += read;
            for (int end; (end = Array.IndexOf(_buffer, (byte)'\n', from, _length - from)) >= 0; from = end + 1) await GiveAsync(sink, from, end);
            _length -= from;
            if (from > 0) Array.Copy(_buffer, from, _buffer, 0, _length);
            if (_length < _buffer.Length) continue;
            await sink(_buffer.AsMemory(0, _length), isWhole: false);
            (_length, _inPieces) = (0, true);
        }

        if (_length > 0) await GiveAsync(sink, 0, _length);
    }

    private async ValueTask GiveAsync(LineSink sink, int from, int end)
    {
        var whole = !_inPieces;
        _inPieces = false;
        if (end > from && _buffer[end - 1] == '\r') end--;
        await sink(_buffer.AsMemory(from, end - from), whole);
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
            var count = await read.WaitAsync(Patience - _waited);
            _waited += Stopwatch.GetElapsedTime(since);
            return _waited < Patience ? Late(count) : 0;
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
