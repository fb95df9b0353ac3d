using System.Collections.Concurrent;

namespace Waggle.Client;

/// <summary>The open observers of a client.</summary>
internal sealed class ObserverSet(WaggleClientOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Observer, bool> _observers = new();

    public Observer Open(ObserverFilter filter, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancel.ThrowIfCancellationRequested();
        var observer = new Observer(options, filter, o => _observers.TryRemove(o, out _), cancel);
        _observers.TryAdd(observer, true);
        return observer;
    }

    /// <summary>Waits until each observer has subscribed or failed.</summary>
    public async ValueTask ReadyAsync(CancellationToken cancel)
    {
        if (_observers.IsEmpty) return;
        foreach (var observer in _observers.Keys)
        {
            // An observer that failed reports it to its reader; it must not stop commands.
            if (!observer.Ready.IsCompleted) await observer.Ready.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var observer in _observers.Keys) await observer.DisposeAsync();
    }
}
