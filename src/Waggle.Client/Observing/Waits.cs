using System.Threading.Channels;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Client;

/// <summary>
/// Wakes the callers that wait for a task's end. A caller reads the task itself, so a superfluous wake-up costs one query; no wake-up is ever missing.
/// Thread-safe under one lock, in which no other code is called.
/// </summary>
internal sealed class Waits(WaggleOptions options) : IConnectionOwner
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TaskWait>> _byTask = [];

    public void Add(TaskWait wait)
    {
        lock (_gate)
        {
            if (!_byTask.TryGetValue(wait.Task, out var waits)) _byTask.Add(wait.Task, waits = []);
            waits.Add(wait);
        }
    }

    public void Remove(TaskWait wait)
    {
        lock (_gate)
        {
            if (_byTask.TryGetValue(wait.Task, out var waits) && waits.Remove(wait) && waits.Count == 0) _byTask.Remove(wait.Task);
        }
    }

    public Hello CreateHello() => Hellos.Create(options);

    public void Connected(Welcome welcome, int generation) => WakeAll();

    public void Received(HubMessage message)
    {
        if (message is RecordMessage { Class: RecordClass.Durable } record) WakeFor(record.Topic);
        else if (message is Gap) WakeAll();
    }

    public ValueTask FrameReadAsync(CancellationToken cancel) => default;

    public void Ended(WaggleException reason) => WakeAll();

    // The topics of a task are task.<id>.<event>.
    private void WakeFor(string topic)
    {
        var from = topic.IndexOf('.', StringComparison.Ordinal) + 1;
        var to = topic.IndexOf('.', from);
        if (from == 0 || to < 0) return;
        lock (_gate)
        {
            if (_byTask.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(topic.AsSpan(from, to - from), out var waits)) waits.ForEach(w => w.Wake());
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            foreach (var waits in _byTask.Values) waits.ForEach(w => w.Wake());
        }
    }
}

/// <summary>A caller that waits for a task. Wake-ups that it has not handled yet count as one.</summary>
internal sealed class TaskWait(string task)
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public string Task => task;

    public void Wake() => _signal.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancel) => await _signal.Reader.ReadAsync(cancel);
}
