using System.Threading.Channels;
using Waggle.Protocol;

namespace Waggle.Client;

/// <summary>
/// What happens on some topics, in the hub's order, over as many connections as it takes. Starts when made, not when read. For one reader at a time;
/// leaving the loop disposes it.
/// </summary>
/// <remarks>
/// It has a socket of its own, so a reader that is slow, or that calls commands while it reads, holds up nobody else. Its buffer is bounded
/// (<see cref="WaggleClientOptions.ObserverBuffer"/>); when it is full the socket is not read until there is room. The hub then keeps, merges or drops by
/// the record's class: drops come as <see cref="GapObserved"/>; a reader slower than the hub has patience for is disconnected, and comes back with the
/// last position: as a rule without a loss, else with <see cref="NotRecovered"/>.
/// </remarks>
public sealed partial class Observer : IAsyncEnumerable<Observation>, IAsyncDisposable
{
    private readonly WaggleClientOptions _options;
    private readonly ObserverFilter _filter;
    private readonly WaggleConnection _connection;
    private readonly Channel<Observation> _buffer;
    private readonly List<Observation> _read = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<Observer> _disposed;
    private readonly CancellationTokenRegistration _cancelled;
    private Position? _position;

    internal Observer(WaggleClientOptions options, ObserverFilter filter, Action<Observer> disposed, CancellationToken cancel)
    {
        if (filter.Patterns.Count is 0 or > Limits.MaxTopicsPerSubscribe)
        {
            throw new ArgumentException($"An observer has 1 to {Limits.MaxTopicsPerSubscribe} patterns, not {filter.Patterns.Count}.", nameof(filter));
        }

        _options = options;
        _filter = filter;
        _position = filter.Since;
        _disposed = disposed;
        _buffer = Channel.CreateBounded<Observation>(new BoundedChannelOptions(options.ObserverBuffer) { SingleWriter = true });
        _connection = new WaggleConnection(options, new Owner(this));
        _connection.Start();
        _cancelled = cancel.UnsafeRegister(static (state, token) => ((Observer)state!).Cancel(token), this);
    }

    /// <summary>Done when the subscription is in force; fails with the <see cref="WaggleException"/> that also ends the reading.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Observations that wait for the reader.</summary>
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

    /// <summary>Reads to the end and gives each observation to its handlers. Ends when the observer or its client is disposed.</summary>
    /// <param name="handlers">What to do with it.</param>
    /// <param name="cancel">Ends the run, and the observer.</param>
    /// <exception cref="WaggleException">The hub refused the patterns; or <see cref="ClientErrorCodes.Missed"/>: records were missed and nobody handles
    /// that.</exception>
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
