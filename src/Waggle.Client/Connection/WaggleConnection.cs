using System.Threading.Channels;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// One connection to a hub that repairs itself: what <see cref="WaggleClient"/> and <see cref="WaggleWorker"/> stand on.
/// Thread-safe. Requests wait while there is no socket; after a reconnect, those that may be said twice are written again in their first order,
/// the others fail with <see cref="ClientErrorCodes.ConnectionLost"/>.
/// </summary>
/// <remarks>
/// Two loops a socket, started by one supervisor: the reading loop hands messages on, the writing loop puts everything that queued up during its last write
/// into one frame.
/// One lock (<c>_gate</c>) guards the table of requests; nothing is called while it is held.
/// </remarks>
public sealed partial class WaggleConnection : IAsyncDisposable
{
    private readonly WaggleOptions _options;
    private readonly IConnectionOwner _owner;
    private readonly Uri _url;
    private readonly Backoff _backoff;
    private readonly Channel<Request> _queue;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _connected;
    private int _disposed;
    private Task _supervisor = Task.CompletedTask;

    internal WaggleConnection(WaggleOptions options, IConnectionOwner owner)
    {
        _options = options;
        _owner = owner;
        _url = WaggleUrl.ToSocket(options.Url);
        _backoff = new Backoff(options.BackoffBase, options.BackoffCap, options.Dice ?? new Random());
        _queue = Channel.CreateBounded<Request>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _onMessage = Dispatch;
        _onProblem = Unreadable;
    }

    /// <summary>The hub's last welcome; null before the first.</summary>
    public Welcome? Welcome { get; private set; }

    /// <summary>Whether a welcomed socket is there now.</summary>
    public bool IsConnected
    {
        get => _connected;
        private set => _connected = value;
    }

    /// <summary>Counts the welcomes.</summary>
    public int Generation { get; private set; }

    /// <summary>Ends when the connection has ended for good: normally after dispose, else with the <see cref="WaggleException"/> that says why.</summary>
    public Task Completion => _completion.Task;

    /// <summary>
    /// Connects with plain messages and no more; for tools and tests. Pushed messages go to <paramref name="received"/>, on the reading loop.
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

    /// <summary>Starts the loops and waits for the first welcome; on failure everything is cleaned up.</summary>
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

    /// <summary>Fails what has no answer, says good-bye to the hub and returns when the loops have ended.</summary>
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
            // The writing loop sends the close frame; a hub that does not answer it gets a moment, no more.
            await _supervisor.WaitAsync(TimeSpan.FromSeconds(2), _options.Time);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync();
            await _supervisor;
        }

        _stop.Dispose();
        _ended.Dispose();
        _expiring.Dispose();
        _first.TrySetCanceled(CancellationToken.None);
        _completion.TrySetResult();
    }
}
