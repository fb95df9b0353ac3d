using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// One connection to a hub that reconnects automatically, as the base of <see cref="WaggleClient"/> and <see cref="WaggleWorker"/>. Thread-safe. Requests wait
/// while there is no socket. After a reconnect the connection writes the repeatable ones again in their original order; the others fail with
/// <see cref="ClientErrorCodes.ConnectionLost"/>.
/// </summary>
/// <remarks>
/// One loop makes attempts with a pause between them; an attempt is one socket. Requests outlive sockets in their table; tokens come from their source.
/// </remarks>
public sealed class WaggleConnection : IAsyncDisposable
{
    private readonly WaggleOptions _options;
    private readonly IConnectionOwner _owner;
    private readonly Uri _url;
    private readonly ConnectionState _state = new();
    private readonly RequestTable _requests;
    private readonly TokenSource _tokens;
    private readonly ConnectionParts _parts;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _lastTrouble = "no connection attempt finished.";
    private int _disposed;
    private Task _supervisor = Task.CompletedTask;

    /// <param name="requests">The table that parts of the owner write to; null lets the connection create its own. The connection disposes it.</param>
    internal WaggleConnection(WaggleOptions options, IConnectionOwner owner, RequestTable? requests = null)
    {
        _options = options;
        _owner = owner;
        _url = WaggleUrl.ToSocket(options.Url);
        _backoff = new Backoff(options.BackoffBase, options.BackoffCap, options.Dice ?? new Random());
        _requests = requests ?? new RequestTable(options.QueueCapacity, options.Time);
        _tokens = new TokenSource(options);
        _parts = new ConnectionParts(options, owner, _state, _requests, _tokens, new Dialer(_url, options, _tokens, owner), Welcomed, _stop.Token);
    }

    /// <summary>The hub's last welcome; null before the first.</summary>
    public Welcome? Welcome => _state.Welcome;

    /// <summary>Whether a socket with a welcome is open.</summary>
    public bool IsConnected => _state.IsConnected;

    /// <summary>The number of welcomes.</summary>
    public int Generation => _state.Generation;

    /// <summary>
    /// A task that completes when the connection has ended permanently: successfully after dispose, else with the <see cref="WaggleException"/> that gives the
    /// reason.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Connects for plain messages only, for tools and tests. Messages that are no answer go to <paramref name="received"/>, on the reading loop.
    /// </summary>
    /// <exception cref="WaggleException">The hub refused, or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static async Task<WaggleConnection> ConnectAsync(
        WaggleOptions options, Action<HubMessage>? received = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var connection = new WaggleConnection(options, new PlainOwner(options, received));
        await connection.StartAsync(cancel);
        return connection;
    }

    /// <summary>Sends any message and returns the hub's reply. The connection replaces the message's own id.</summary>
    /// <param name="repeatable">Whether the message may be written again if the connection breaks before the answer.</param>
    /// <exception cref="WaggleException">The hub's error, or one of <see cref="ClientErrorCodes"/>.</exception>
    public Task<Reply> RequestAsync(ClientMessage message, bool repeatable, CancellationToken cancel = default) =>
        RequestAsync<Reply>(message, type: null, repeatable, cancel);

    internal Task<T> RequestAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, bool repeatable, CancellationToken cancel) =>
        _requests.SendAsync(message, type, repeatable, cancel);

    internal Task<T> AwaitAsync<T>(Call<T> call, CancellationToken cancel) => _requests.SendAsync(call, cancel);

    internal long NextNumber() => _requests.NextNumber();

    /// <inheritdoc cref="RequestTable.EnqueueAsync"/>
    internal ValueTask EnqueueAsync(Request request, CancellationToken cancel = default) => _requests.EnqueueAsync(request, cancel);

    internal ValueTask<string?> TokenAsync(CancellationToken cancel) => _tokens.GetAsync(cancel);

    /// <summary>Starts the loops and waits for the first welcome. A failure releases everything.</summary>
    internal async Task StartAsync(CancellationToken cancel)
    {
        Start();
        try
        {
            await _first.Task.WaitAsync(_options.ConnectTimeout, _options.Time, cancel);
        }
        catch (TimeoutException)
        {
            await DisposeAsync();
            throw new WaggleException(
                ClientErrorCodes.Unreachable, $"No hub answered at {_url} within {_options.ConnectTimeout.TotalSeconds:0.#} s: {_lastTrouble}");
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    internal void Start() => _supervisor = Task.Run(SuperviseAsync);

    /// <summary>Ends the connection permanently.</summary>
    internal void Finish(WaggleException reason)
    {
        End(reason);
        _first.TrySetException(reason);
        _completion.TrySetException(reason);
        // Callers may observe both exceptions and need not.
        _ = _first.Task.Exception;
        _ = _completion.Task.Exception;
    }

    /// <summary>Fails the unanswered requests, closes the socket and returns when the loops have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            await _supervisor;
            return;
        }

        End(new WaggleException(ClientErrorCodes.Closed, "The connection was closed by its owner."));
        try
        {
            // The writing loop sends the close frame; the connection waits only briefly for a hub that does not answer it.
            await _supervisor.WaitAsync(TimeSpan.FromSeconds(2), _options.Time);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync();
            await _supervisor;
        }

        _stop.Dispose();
        _requests.Dispose();
        _first.TrySetCanceled(CancellationToken.None);
        _completion.TrySetResult();
    }

    private async Task SuperviseAsync()
    {
        try
        {
            while (!_requests.HasEnded && !_stop.IsCancellationRequested)
            {
                var trouble = await AttemptAsync();
                if (_requests.HasEnded) break;
                _lastTrouble = trouble.Reason.Message;
                if (trouble.IsFinal && !_tokens.MayTryAnother(trouble.Reason))
                {
                    Finish(trouble.Reason);
                    return;
                }

                _options.OnDisconnected?.Invoke(trouble.Reason);
                await PauseAsync(_backoff.Next(_owner.LongestPause, trouble.Reason.RetryAfter));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The dispose interrupted an attempt.
        }
#pragma warning disable CA1031 // A hook or an owner threw: the connection ends and fails all waiting calls, instead of a loop that ends silently.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Finish(new WaggleException(ClientErrorCodes.Closed, $"An internal error ended the connection: {e.Message}", inner: e));
        }
    }

    private async Task<Trouble> AttemptAsync()
    {
        using var attempt = new ConnectionAttempt(_parts);
        return await attempt.RunAsync();
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _requests.Ended);
        await Task.Delay(pause, _options.Time, woken.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Welcomed(Welcome welcome)
    {
        _backoff.Reset();
        _tokens.Accepted();
        _owner.Connected(welcome, Generation);
        _options.OnConnected?.Invoke(welcome);
        _first.TrySetResult();
    }

    private void End(WaggleException reason)
    {
        if (_requests.End(reason)) _owner.Ended(reason);
    }
}
