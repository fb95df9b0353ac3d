using System.Collections.Concurrent;
using System.Threading.Channels;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Runs the handler of messages, one after the other in the order of sending, and acknowledges
/// those that it has handled or given up. Thread-safe.</summary>
internal sealed class MessageReceiver
{
    // More than the hub sends without an acknowledgement, before and after a reconnect.
    private const int Capacity = 256;
    private const int MostAttempts = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly WaggleWorkerOptions _options;
    private readonly RequestTable _requests;
    private readonly Action<WaggleException> _fail;
    private readonly ConcurrentDictionary<string, bool> _waiting = new(StringComparer.Ordinal);
    private readonly Channel<AgentMessage> _messages = Channel.CreateBounded<AgentMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private int _started;

    /// <param name="options">The handler of messages and the hook of those that failed.</param>
    /// <param name="requests">Sends the acknowledgements.</param>
    /// <param name="fail">Ends the worker after a hook of the program threw.</param>
    public MessageReceiver(WaggleWorkerOptions options, RequestTable requests, Action<WaggleException> fail)
    {
        _options = options;
        _requests = requests;
        _fail = fail;
    }

    /// <summary>Takes a message, unless it waits or runs already: the hub sends it again after a reconnect.</summary>
    public void Receive(AgentMessage message)
    {
        if (_options.OnMessage is null || !_waiting.TryAdd(message.Message, true)) return;

        // A message without room comes again with the next connection.
        if (!_messages.Writer.TryWrite(message)) _waiting.TryRemove(message.Message, out _);
        if (Interlocked.Exchange(ref _started, 1) == 0) _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var message in _messages.Reader.ReadAllAsync(_requests.Ended)) await HandleAsync(message);
        }
        catch (OperationCanceledException) when (_requests.Ended.IsCancellationRequested)
        {
            // The worker has ended. Messages without an acknowledgement come again to the next one.
        }
    }

    private async Task HandleAsync(AgentMessage message)
    {
        try
        {
            var failed = await TryHandleAsync(message);
            var done = new MessageAcknowledge { Messages = [message.Message], Failed = failed };
            await _requests.SendAsync(done, HubJson.Default.MessagesAcknowledged, repeatable: true, _requests.Ended);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_requests.Ended.IsCancellationRequested)
        {
            // The time of a message may end while it is handled.
            if (e is not WaggleException { Code: ErrorCodes.NotFound }) ReportFailed(message, e);
        }
        finally
        {
            _waiting.TryRemove(message.Message, out _);
        }
    }

    // A message on which the handler fails each time would otherwise take one of the few places of messages under way for ever.
    private async Task<string?> TryHandleAsync(AgentMessage message)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _options.OnMessage!(message, _requests.Ended);
                return null;
            }
            catch (Exception e) when (e is not OperationCanceledException || !_requests.Ended.IsCancellationRequested)
            {
                ReportFailed(message, e);
                // The text of an exception often quotes the message, which the record of its end, visible to others, may not.
                if (attempt == MostAttempts) return e.GetType().Name;
            }

            await Task.Delay(attempt * FirstPause, _options.Time, _requests.Ended);
        }
    }

    private void ReportFailed(AgentMessage message, Exception cause) => Hook.Call(() => _options.OnMessageFailed?.Invoke(message.Message, cause), _fail);
}
