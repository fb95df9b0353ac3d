namespace Waggle.Benchmarks.EndToEnd;

internal interface IRecordReader : IDisposable
{
    Task ReadAsync(int records, CancellationToken cancel);
}

/// <summary>Counts records in the received bytes, regardless of their envelope: the same small work for every transport.</summary>
internal sealed class RecordReader(Func<Memory<byte>, CancellationToken, ValueTask<int>> read, IDisposable source) : IRecordReader
{
    private static readonly byte[] Mark = [.. "\"kind\":\"task_created\""u8];

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _kept;

    public Task ReadAsync(int records, CancellationToken cancel) => CountAsync(Mark, records, cancel);

    public Task UntilAsync(byte[] mark, CancellationToken cancel) => CountAsync(mark, 1, cancel);

    public void Dispose() => source.Dispose();

    private async Task CountAsync(byte[] mark, int wanted, CancellationToken cancel)
    {
        while (wanted > 0)
        {
            var count = await read(_buffer.AsMemory(_kept), cancel);
            if (count == 0) throw new EndOfStreamException("The hub ended a stream of the bench.");
            wanted -= Take(mark, _kept + count);
        }
    }

    // A mark may span two reads, so its possible beginning is kept.
    private int Take(byte[] mark, int length)
    {
        var (found, at) = (0, 0);
        while (_buffer.AsSpan(at, length - at).IndexOf(mark) is >= 0 and var next)
        {
            found++;
            at += next + mark.Length;
        }

        _kept = Math.Min(length - at, mark.Length - 1);
        _buffer.AsSpan(length - _kept, _kept).CopyTo(_buffer);
        return found;
    }
}
