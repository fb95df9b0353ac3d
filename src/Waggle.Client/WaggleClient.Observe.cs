using System.Collections.Concurrent;
using Waggle.Protocol;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    private readonly ConcurrentDictionary<Observer, bool> _observers = new();

    /// <summary>
    /// Observes topics and patterns (<c>task.#</c>, <c>agent.*.status</c>). The subscription starts with this call. Later commands of this client wait for it,
    /// so that the observer receives their records. Read the observer with <c>await foreach</c>, or dispose it.
    /// </summary>
    /// <param name="patterns">The topics and patterns, 1 to 100.</param>
    /// <param name="since">The position after which everything durable comes first, or a <see cref="NotRecovered"/>. Null starts with new records.</param>
    /// <param name="cancel">Ends the observer.</param>
    public Observer ObserveAsync(IReadOnlyList<string> patterns, Position? since = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return ObserveAsync(new ObserverFilter { Patterns = patterns, Since = since }, cancel);
    }

    /// <summary>Observes the records that a filter selects, as the overload for patterns does.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="cancel">Ends the observer.</param>
    public Observer ObserveAsync(ObserverFilter filter, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        cancel.ThrowIfCancellationRequested();
        var observer = new Observer(_options, filter, o => _observers.TryRemove(o, out _), cancel);
        _observers.TryAdd(observer, true);
        return observer;
    }

    private async ValueTask ObserversReadyAsync(CancellationToken cancel)
    {
        if (_observers.IsEmpty) return;
        foreach (var observer in _observers.Keys)
        {
            // An observer that failed reports it to its reader; it must not stop commands.
            if (!observer.Ready.IsCompleted) await observer.Ready.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
    }
}
