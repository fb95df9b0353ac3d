using System.Threading.Channels;
using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>
/// Receives the records of some topics in the hub's order, over any number of connections. It starts when it is created, not when it is read. One reader at a
/// time may use it; the end of the reader's loop disposes it.
/// </summary>
/// <remarks>
/// An observer has a socket of its own, so a reader that is slow, or that sends commands while it reads, delays no other part of the program. Its buffer is
/// bounded (<see cref="WaggleClientOptions.ObserverBuffer"/>); while it is full the observer does not read the socket. The hub then keeps, merges or drops
/// records by their class, and reports drops as <see cref="GapObserved"/>. The hub disconnects a reader that is too slow. The observer then connects again from
/// the last position: as a rule without a loss, else with <see cref="NotRecovered"/>.
/// </remarks>
public sealed class Observer : IAsyncEnumerable<Observation>, IAsyncDisposable
{
    private readonly ObserverFilter _filter;
    private readonly WaggleConnection _connection;
    private readonly Channel<Observation> _buffer;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Observer> _disposed;
    private readonly CancellationTokenRegistration _cancelled;

    internal Observer(WaggleClientOptions options, ObserverFilter filter, Action<Observer> disposed, CancellationToken cancel)
    {
        if (filter.Patterns.Count is 0 or > Limits.MaxTopicsPerSubscribe)
        {
            throw new ArgumentException($"An observer has 1 to {Limits.MaxTopicsPerSubscribe} patterns, not {filter.Patterns.Count}.", nameof(filter));
        }

        _filter = filter;
        _disposed = disposed;
        _buffer = Channel.CreateBounded<Observation>(new BoundedChannelOptions(options.ObserverBuffer) { SingleWriter = true });
        var owner = new ObserverOwner(options, filter, _buffer.Writer, _ready, Fail);
        _connection = new WaggleConnection(options, owner);
        owner.Attach(_connection);
        _connection.Start();
        _cancelled = cancel.UnsafeRegister(static (state, token) => ((Observer)state!).Cancel(token), this);
    }

    /// <summary>A task that completes when the subscription is in force. It fails with the <see cref="WaggleException"/> that also ends the reading.</summary>
    public Task Ready => _ready.Task;

    /// <summary>The number of observations that wait for the reader.</summary>
    internal int Buffered => _buffer.Reader.Count;

    /// <inheritdoc/>
    public async IAsyncEnumerator<Observation> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (var observation in _buffer.Reader.ReadAllAsync(cancellationToken))
            {
                if (_filter.Passes(observation)) yield return observation;
            }
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Reads to the end and gives each observation to its handlers. It ends when the observer or its client is disposed.</summary>
    /// <param name="handlers">The handlers of the observations.</param>
    /// <param name="cancel">Ends the run, and the observer.</param>
    /// <exception cref="WaggleException">The hub refused the patterns; or <see cref="ClientErrorCodes.Missed"/>: records are missing and no handler for a loss
    /// exists.</exception>
    public async Task RunAsync(ObservationHandlers handlers, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        await foreach (var observation in this.WithCancellation(cancel)) await handlers.HandleAsync(observation, cancel);
    }

    /// <summary>Ends the subscription and its socket.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed(this);
        _cancelled.Unregister();
        _buffer.Writer.TryComplete();
        await _connection.DisposeAsync();
        _ready.TrySetCanceled(CancellationToken.None);
    }

    private void Cancel(CancellationToken cancel)
    {
        _buffer.Writer.TryComplete(new OperationCanceledException(cancel));
        _ = DisposeAsync().AsTask();
    }

    private void Fail(WaggleException reason)
    {
        if (_ready.TrySetException(reason)) _ = _ready.Task.Exception;
        _buffer.Writer.TryComplete(reason.Code == ClientErrorCodes.Closed ? null : reason);
    }
}
