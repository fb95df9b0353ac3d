using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.TestKit;

/// <summary>One socket of a <see cref="ScriptedHub"/>: the client's messages on it, and the test's answers.</summary>
public sealed partial class HubSession
{
    private readonly ScriptedHub _hub;
    private readonly TcpClient _client;
    private readonly Channel<ClientMessage> _incoming = Channel.CreateUnbounded<ClientMessage>();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private WebSocket? _socket;

    internal HubSession(ScriptedHub hub, TcpClient client)
    {
        _hub = hub;
        _client = client;
        _client.NoDelay = true;
        Ended = Task.Run(RunAsync);
    }

    public Hello? Hello { get; private set; }

    /// <summary>The HTTP request's first line and headers.</summary>
    public string Head { get; private set; } = "";

    /// <summary>A task that completes when the client is gone.</summary>
    public Task Ended { get; }

    /// <summary>Every frame, as the messages in it.</summary>
    public ConcurrentQueue<IReadOnlyList<ClientMessage>> Frames { get; } = new();

    public IEnumerable<ClientMessage> Messages => Frames.SelectMany(f => f);

    public int LongestFrame { get; private set; }

    /// <summary>Returns the next message of a type and skips those before it.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? where = null)
        where T : ClientMessage
    {
        while (true)
        {
            var message = await Eventually.Get(_incoming.Reader.ReadAsync().AsTask(), $"a {typeof(T).Name}");
            if (message is T wanted && (where is null || where(wanted))) return wanted;
        }
    }

    /// <summary>Sends one frame.</summary>
    public async Task SendAsync(params HubMessage[] messages)
    {
        var writer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < messages.Length; i++)
        {
            if (messages.Length > 1) writer.Write(i == 0 ? "["u8 : ","u8);
            MessageCodec.Write(writer, messages[i]);
        }

        if (messages.Length > 1) writer.Write("]"u8);
        await SendTextAsync(writer.WrittenMemory);
    }

    public async Task SendTextAsync(ReadOnlyMemory<byte> text)
    {
        await _sending.WaitAsync();
        try
        {
            await _socket!.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _sending.Release();
        }
    }

    public Task ReplyAsync<T>(ClientMessage to, T result, JsonTypeInfo<T> type, Position? position = null) =>
        SendAsync(Answers.Reply(to, result, type, position));

    public Task AckAsync(LeaseMessage to, Protocol.Model.TaskState state = Protocol.Model.TaskState.Completed) => SendAsync(Answers.Ack(to, state));

    public Task ErrorAsync(ClientMessage to, string code, long? retryAfterMs = null) => SendAsync(Answers.Error(to, code, retryAfterMs));

    /// <summary>Sends a close frame.</summary>
    public async Task CloseAsync(int code, string text = "")
    {
        try
        {
            await _socket!.CloseOutputAsync((WebSocketCloseStatus)code, text, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException)
        {
            // The client closed first.
        }
    }

    /// <summary>Cuts the connection without a close frame.</summary>
    public void Abort()
    {
        try
        {
            _client.Client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or NullReferenceException)
        {
            // The socket is already closed.
        }

        _client.Dispose();
    }
}
