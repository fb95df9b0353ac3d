using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Support;

/// <summary>A client that sends frames exactly as a test writes them. It reads all the time and keeps the messages in their order.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonElement> _received = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _aside = [];
    private readonly TaskCompletionSource<(int Code, string? Reason)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ids;

    /// <summary>The hub's close code; 1006 if the connection broke.</summary>
    public Task<(int Code, string? Reason)> Closed => _closed.Task.WaitAsync(Eventually.Patience);

    public bool IsOpen => !_closed.Task.IsCompleted;

    public ClientWebSocket Socket => _socket;

    public JsonElement Welcome { get; private set; }

    public static async Task<RawClient> ConnectAsync(Uri url, Action<ClientWebSocketOptions>? options = null, bool reads = true)
    {
        var client = new RawClient();
        client._socket.Options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
        client._socket.Options.CollectHttpResponseDetails = true;
        options?.Invoke(client._socket.Options);
        try
        {
            await client._socket.ConnectAsync(url, CancellationToken.None).WaitAsync(Eventually.Patience);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        if (reads) client.Listen();
        return client;
    }

    /// <summary>One that read nothing reads from now on; what came until then is read first.</summary>
    public void Listen() => _ = Task.Run(ReadAsync);

    public async Task<JsonElement> HelloAsync(string more = "")
    {
        await SendAsync($$"""{"type":"hello","id":"hello","protocols":["waggle.v1"]{{more}}}""");
        return Welcome = await NextAsync();
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool end = true) =>
        _socket.SendAsync(bytes, type, end, CancellationToken.None).WaitAsync(Eventually.Patience);

    /// <summary>Sends a request with an id and gives the reply or error with that id; what else comes meanwhile is kept.</summary>
    public async Task<JsonElement> AskAsync(string body)
    {
        var id = $"r{++_ids}";
        await SendAsync($$"""{"id":"{{id}}",{{body}}}""");
        while (true)
        {
            var message = await TakeAsync($"the answer to {body}");
            if (message.TryGetProperty("id", out var answered) && answered.GetString() == id) return message;
            _aside.Add(message);
        }
    }

    /// <summary>The result of a request that must succeed.</summary>
    public async Task<JsonElement> ResultAsync(string body)
    {
        var answer = await AskAsync(body);
        Assert.True(answer.Is("reply"), $"{body} gave {answer}");
        return answer.TryGetProperty("result", out var result) ? result : default;
    }

    /// <summary>The code of the error that a request must give.</summary>
    public async Task<string?> ErrorAsync(string body)
    {
        var answer = await AskAsync(body);
        Assert.True(answer.Is("error"), $"{body} gave {answer}");
        return answer.Text("code");
    }

    /// <summary>The connection still works.</summary>
    public async Task EchoAsync() => Assert.Equal(42, (await ResultAsync("\"type\":\"echo\",\"payload\":42")).GetInt32());

    /// <summary>The next message of any type, or of the one named (others are skipped).</summary>
    public async Task<JsonElement> NextAsync(string? type = null)
    {
        while (true)
        {
            JsonElement message;
            if (_aside.Count > 0)
            {
                message = _aside[0];
                _aside.RemoveAt(0);
            }
            else
            {
                message = await TakeAsync(type ?? "a message");
            }

            if (type is null || message.Is(type)) return message;
        }
    }

    /// <summary>Says that it is done and waits for the hub.</summary>
    public async Task<(int Code, string? Reason)> CloseAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return await Closed;
    }

    /// <summary>Gone without a word.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement> TakeAsync(string what)
    {
        try
        {
            return await _received.Reader.ReadAsync().AsTask().WaitAsync(Eventually.Patience);
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"The hub closed with {await Closed} before {what} came.");
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It did not come: {what}.");
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close) break;
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage) continue;
                Receive(message.ToArray());
                message.SetLength(0);
            }

            _closed.TrySetResult(((int)_socket.CloseStatus!.Value, _socket.CloseStatusDescription));
            _received.Writer.TryComplete();
            if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            _closed.TrySetResult((1006, e.Message));
            _received.Writer.TryComplete();
        }
    }

    private void Receive(byte[] frame)
    {
        var json = JsonElement.Parse(frame, new JsonDocumentOptions { MaxDepth = 200 });
        if (json.ValueKind != JsonValueKind.Array)
        {
            _received.Writer.TryWrite(json);
            return;
        }

        foreach (var message in json.EnumerateArray()) _received.Writer.TryWrite(message);
    }
}

internal static class Read
{
    public static bool Is(this JsonElement message, string type) => message.GetProperty("type").GetString() == type;

    public static string? Text(this JsonElement message, string field) => message.GetProperty(field).GetString();

    public static long Number(this JsonElement message, string field) => message.GetProperty(field).GetInt64();

    /// <summary>Task, attempt and token of a lease, as fields.</summary>
    public static string Lease(this JsonElement assign) => $"\"task\":\"{assign.Text("task")}\",\"attempt\":{assign.Number("attempt")},\"token\":{assign.Number("token")}";

    /// <summary>The same as an object.</summary>
    public static string LeaseRef(this JsonElement assign) => $"{{{assign.Lease()}}}";
}
