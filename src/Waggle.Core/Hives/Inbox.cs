using System.Threading.Channels;

namespace Waggle.Core.Hives;

/// <summary>A command on its way to the loop, and where its outcome goes.</summary>
internal readonly record struct InboxItem(Command Command, IOutcomeSink? Sink, object? Tag);

/// <summary>
/// The commands that wait for the owner's loop. Bounded by count and by bytes: past that, writers wait. Any thread writes, the loop alone takes.
/// </summary>
#pragma warning disable CA1001 // Writers may come after the end of the hive; a semaphore without a wait handle has nothing to free.
internal sealed class Inbox(int capacity)
#pragma warning restore CA1001
{
    // A batch is one row of the log: it stays far below what a database takes in one value.
    private const int MaxBatchBytes = 16 * 1024 * 1024;

    // Commands of this size and more have their own, smaller bound: 256 of at most 1 MiB each.
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

    /// <returns>False: the inbox is closed.</returns>
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

    /// <summary>Takes what is there, as much as a batch may have.</summary>
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

    /// <summary>Ends with the next command. One wait, however often the loop asks: an abandoned one would stay in the channel.</summary>
    public Task ArrivalAsync()
    {
        if (_arrival is null or { IsCompleted: true }) _arrival = _items.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        return _arrival;
    }

    /// <returns>False: it is closed already.</returns>
    public bool TryClose() => _items.Writer.TryComplete();

    /// <summary>The loop has ended: lets all writers go and gives what it did not take.</summary>
    public List<InboxItem> Drain()
    {
        _items.Writer.TryComplete();
        _large.Release(capacity);
        var left = new List<InboxItem>();
        while (_items.Reader.TryRead(out var item)) left.Add(item);
        return left;
    }
}
