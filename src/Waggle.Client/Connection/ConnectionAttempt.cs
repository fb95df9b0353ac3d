using System.Net.WebSockets;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>The parts of a connection that outlive its sockets.</summary>
/// <param name="Welcomed">Called with each welcome, before any other message of its socket is handled.</param>
/// <param name="Stop">Cancelled when the owner no longer waits for an orderly end.</param>
internal sealed record ConnectionParts(
    WaggleOptions Options, IConnectionOwner Owner, ConnectionState State, RequestTable Requests, TokenSource Tokens, Dialer Dialer,
    Action<Welcome> Welcomed, CancellationToken Stop);

/// <summary>One socket from opening to its end: a loop that reads, a loop that writes, and the refresh of its token.</summary>
internal sealed class ConnectionAttempt : IDisposable
{
    private readonly ConnectionParts _parts;
    private readonly ClientWebSocket _socket;
    private readonly FrameReader _reader;
    private readonly TokenRefresher _refresher;
    private readonly MessageDispatcher _dispatcher;

    public ConnectionAttempt(ConnectionParts parts)
    {
        _parts = parts;
        _socket = parts.Dialer.CreateSocket();
        _reader = new FrameReader(_socket);
        _refresher = new TokenRefresher(parts.Options, parts.Tokens, SendTokenAsync);
        _dispatcher = new MessageDispatcher(parts.State, parts.Requests, parts.Owner, parts.Welcomed, _refresher.Expiring);
    }

    private bool IsConnected => _parts.State.IsConnected;

    /// <summary>Runs until the socket has ended.</summary>
    /// <returns>The reason for the end, and whether another attempt can succeed.</returns>
    public async Task<Trouble> RunAsync()
    {
        try
        {
            await OpenAsync();
            if (IsConnected) await ServeAsync();
            return Trouble.Closed(_socket, _dispatcher.Goodbye);
        }
        catch (WaggleException e)
        {
            // Before the welcome it is the hub's refusal, which is final unless it names a time. After the welcome it is a frame that one side could not read.
            var mayPass = e.RetryAfter is not null && !_parts.Owner.GivesUpOn(e, _parts.State.Generation);
            return new(e, IsFinal: !IsConnected && e.Code != ClientErrorCodes.Protocol && !mayPass);
        }
        catch (OperationCanceledException e) when (!IsConnected && !_parts.Stop.IsCancellationRequested)
        {
            return new(new(ClientErrorCodes.Unreachable, $"No welcome within {_parts.Options.AttemptTimeout.TotalSeconds:0.#} s.", inner: e), IsFinal: false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException
            && !_parts.Stop.IsCancellationRequested)
        {
            // A read also throws OperationCanceledException if its socket was aborted because a write failed.
            return Trouble.Broken(_socket, e, _dispatcher.Goodbye);
        }
        finally
        {
            _parts.State.Disconnected();
            _socket.Abort();
        }
    }

    public void Dispose()
    {
        _refresher.Dispose();
        _reader.Dispose();
        _socket.Dispose();
    }

    private async Task OpenAsync()
    {
        using var timeout = new CancellationTokenSource(_parts.Options.AttemptTimeout, _parts.Options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _parts.Stop, _parts.Requests.Ended);
        await _parts.Dialer.ConnectAsync(_socket, limit.Token);
        while (!IsConnected && await ReadFrameAsync(limit.Token))
        {
        }
    }

    private async Task ServeAsync()
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_parts.Stop);
        var writing = WriteAsync(ended.Token);
        var refreshing = _refresher.RunAsync(_parts.State.Welcome!.TokenExpiresAt, ended.Token);
        try
        {
            await ReadAsync(ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The hub closed first, so the client answers and the hub need not wait.
        if (_socket.State == WebSocketState.CloseReceived) await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _parts.Stop);
    }

    private async Task ReadAsync(CancellationToken cancel)
    {
        do
        {
            await _parts.Owner.FrameReadAsync(cancel);
        }
        while (await ReadFrameAsync(cancel));
    }

    private async ValueTask<bool> ReadFrameAsync(CancellationToken cancel)
    {
        if (!await _reader.ReadAsync(cancel)) return false;
        _dispatcher.Read(_reader.Frame);
        return true;
    }

    private async Task WriteAsync(CancellationToken cancel)
    {
        using var loop = new WriteLoop(_socket, _parts.Requests, _parts.State.Welcome!.MaxMessageBytes);
        try
        {
            await loop.RunAsync(_parts.Requests.TakeUnanswered(), cancel);
        }
        catch when (!cancel.IsCancellationRequested)
        {
            // The reading loop ends the socket's life, so a write that fails must wake it.
            _socket.Abort();
            throw;
        }
    }

    private Task<AuthRefreshed> SendTokenAsync(string token, CancellationToken cancel) =>
        _parts.Requests.SendAsync(new AuthRefresh { Token = token }, HubJson.Default.AuthRefreshed, repeatable: false, cancel);
}
