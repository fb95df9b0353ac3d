using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Sends commands to a hub and observes it. Thread-safe; one client is enough for a process, because its requests share one socket and its frames.
/// </summary>
/// <remarks>
/// Every command throws <see cref="WaggleException"/> with the hub's error code. A command waits while the hub is away. After a reconnect the client sends it
/// again if it can be sent twice without harm. Publish, swarm creation and retry cannot and fail with <see cref="ClientErrorCodes.ConnectionLost"/>. Cancelling
/// a command's token ends the wait and not the work that the hub may already do.
/// </remarks>
/// <example>
/// Creates a task and waits for its result.
/// <code>
/// await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri("http://127.0.0.1:3000") });
/// var spec = new TaskSpec { Title = "Count the words", Type = "count", Input = RawJson.Parse("\"to be or not to be\"") };
/// var created = await client.CreateTaskAsync(spec);
/// var ended = await client.WaitForCompletionAsync(created.Id);
/// Console.WriteLine($"{ended.State}: {ended.Result}");
/// </code>
/// </example>
public sealed partial class WaggleClient : IAsyncDisposable
{
    /// <summary>
    /// The activity source of the SDK, for OpenTelemetry's <c>AddSource</c>: a producer span around the creation of tasks, a consumer span around each run of a
    /// handler. The trace context is in the task's metadata as <c>traceparent</c> and <c>tracestate</c>.
    /// </summary>
    public const string ActivitySourceName = "Waggle.Client";

    private static readonly TimeSpan StoreRetryPause = TimeSpan.FromMilliseconds(250);

    private readonly WaggleClientOptions _options;
    private readonly WaggleConnection _connection;
    private readonly HubHttp _http;

    private WaggleClient(WaggleClientOptions options)
    {
        _options = options;
        _waits = new Waits(options);
        _connection = new WaggleConnection(options, _waits);
        _http = new HubHttp(options, _connection);
        Memory = new WaggleMemory(this);
        Votes = new WaggleVotes(this);
    }

    /// <summary>The hub's shared memory: values under namespaces and keys.</summary>
    public WaggleMemory Memory { get; }

    /// <summary>Proposals, on which agents and people vote.</summary>
    public WaggleVotes Votes { get; }

    /// <summary>The hub's last welcome.</summary>
    public Welcome Welcome => _connection.Welcome!;

    /// <summary>Whether the client is connected to the hub.</summary>
    public bool IsConnected => _connection.IsConnected;

    /// <summary>A task that completes after dispose, or when the hub closed the connection permanently (with the reason).</summary>
    public Task Completion => _connection.Completion;

    /// <summary>Connects to a hub. The client then reconnects automatically after a disconnect.</summary>
    /// <exception cref="WaggleException">The hub refused, or was not reached within <see cref="WaggleOptions.ConnectTimeout"/>.</exception>
    public static async Task<WaggleClient> ConnectAsync(WaggleClientOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var client = new WaggleClient(options);
        await client._connection.StartAsync(cancel);
        return client;
    }

    /// <summary>Closes the socket and those of open observers. Commands without an answer fail with <see cref="ClientErrorCodes.Closed"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var observer in _observers.Keys) await observer.DisposeAsync();
        await _connection.DisposeAsync();
        _http.Dispose();
    }

    internal async Task<T> CommandAsync<T>(ClientMessage message, JsonTypeInfo<T>? type, CancellationToken cancel, bool repeatable = true)
    {
        await ObserversReadyAsync(cancel);
        var since = _options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await _connection.RequestAsync(message, type, repeatable, cancel);
            }
            catch (WaggleException e) when (e.Code == ErrorCodes.StoreUnavailable && _options.Time.GetElapsedTime(since) < _options.StoreRetryTimeout)
            {
                await Task.Delay(e.RetryAfter ?? StoreRetryPause, _options.Time, cancel);
            }
        }
    }
}
