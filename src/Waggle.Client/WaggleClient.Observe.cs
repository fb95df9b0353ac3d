using System.Collections.Concurrent;
using Waggle.Protocol;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    private readonly ConcurrentDictionary<Observer, bool> _observers = new();

    /// <summary>
    /// Observes topics and patterns (<c>task.#</c>, <c>agent.*.status</c>). The subscription starts with this call, and commands of this client that come
    /// after this call wait for it: what they cause is observed. Read it with <c>await foreach</c>, or dispose it.
    /// </summary>
    /// <param name="patterns">1 to 100.</param>
    /// <param name="since">Everything durable after this position comes first, or a <see cref="NotRecovered"/>. Left out: from now on.</param>
    /// <param name="cancel">Ends the observer.</param>
    public Observer ObserveAsync(IReadOnlyList<string> patterns, Position? since = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        return ObserveAsync(new ObserverFilter { Patterns = patterns, Since = since }, cancel);
    }

    /// <summary>The same, of what a filter lets through.</summary>
    /// <param name="filter">What to see.</param>
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
            // One that failed says so to its reader; it must not stop commands.
            if (!observer.Ready.IsCompleted) await observer.Ready.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
    }
}
