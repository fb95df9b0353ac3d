using System.Threading.Channels;
using Waggle.Core.Kernel;

namespace Waggle.Core.Hives;

/// <summary>A command on its way to the loop, and the sink of its outcome.</summary>
internal readonly record struct InboxItem(Command Command, IOutcomeSink? Sink, object? Tag);

/// <summary>
/// The commands that wait for the owner's loop, limited by count and by bytes. Beyond the limits, writers wait. Any thread may write. Only the loop takes
/// commands.
/// </summary>
#pragma warning disable CA1001 // Writers may call after the end of the hive. A semaphore without a wait handle has nothing to release.
internal sealed class Inbox(int capacity)
#pragma warning restore CA1001
{
    // A batch is one row of the log. This limit is far below the greatest value that a database accepts.
    private const int MaxBatchBytes = 16 * 1024 * 1024;

    // Commands of at least this size have a smaller limit of their own: 256 commands of at most 1 MiB each.
    private const int LargeCommand = 16 * 1024;
    private const int MaxLargeCommands = 256;

    private readonly SemaphoreSlim _large = new(MaxLargeCommands);
    private readonly Channel<InboxItem> _items = Channel.CreateBounded<InboxItem>(new BoundedChannelOptions(capacity)
    {
        FullMode = BoundedChannelFullMode.Wait,
        SingleReader = true,
    });

    private Task<bool>? _arrival;

    public int Count => _items.Reader.Count;

    /// <returns>False if the inbox is closed.</returns>
    public async ValueTask<bool> WriteAsync(InboxItem item, CancellationToken cancel)
    {
        if (item.Command.Bytes >= LargeCommand) await _large.WaitAsync(cancel);
        if (_items.Writer.TryWrite(item)) return true;
        try
        {
            await _items.Writer.WriteAsync(item, cancel);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    /// <summary>Takes the waiting commands, up to the limits of a batch.</summary>
    public void Take(List<InboxItem> into, int most)
    {
        var bytes = 0;
        while (into.Count < most && bytes < MaxBatchBytes && _items.Reader.TryRead(out var item))
        {
            into.Add(item);
            bytes += item.Command.Bytes;
            if (item.Command.Bytes >= LargeCommand) _large.Release();
        }
    }

    /// <summary>Completes with the next command. The loop shares one wait between all calls, because an abandoned wait would stay in the channel.</summary>
    public Task ArrivalAsync()
    {
        if (_arrival is null or { IsCompleted: true }) _arrival = _items.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        return _arrival;
    }

    /// <returns>False if the inbox is closed already.</returns>
    public bool TryClose() => _items.Writer.TryComplete();

    /// <summary>Releases all writers after the end of the loop and returns the commands that it did not take.</summary>
    public List<InboxItem> Drain()
    {
        _items.Writer.TryComplete();
        _large.Release(capacity);
        var left = new List<InboxItem>();
        while (_items.Reader.TryRead(out var item)) left.Add(item);
        return left;
    }
}
