using System.Net.WebSockets;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleConnection
{
    private volatile string _lastTrouble = "no connection attempt finished.";

    private async Task SuperviseAsync()
    {
        try
        {
            while (_end is null && !_stop.IsCancellationRequested)
            {
                var trouble = await AttemptAsync();
                if (_end is not null) break;
                _lastTrouble = trouble.Reason.Message;
                if (trouble.IsFinal && !MayAskForAnotherToken(trouble.Reason))
                {
                    Finish(trouble.Reason);
                    return;
                }

                _options.OnDisconnected?.Invoke(trouble.Reason);
                await PauseAsync(trouble.Reason.RetryAfter);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed in the middle of something.
        }
#pragma warning disable CA1031 // A hook or an owner threw: the connection ends and tells everybody who waits, instead of a loop that is silently gone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Finish(new WaggleException(ClientErrorCodes.Closed, $"An internal error ended the connection: {e.Message}", inner: e));
        }
    }

    internal void Finish(WaggleException reason)
    {
        End(reason);
        _first.TrySetException(reason);
        _completion.TrySetException(reason);
        // Both are observed by whoever asks; nobody has to.
        _ = _first.Task.Exception;
        _ = _completion.Task.Exception;
    }

    private async Task PauseAsync(TimeSpan? asked)
    {
        var pause = _backoff.Next();
        if (_owner.LongestPause is { } most && pause > most) pause = most;
        if (asked is { } least && least > pause) pause = least;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _ended.Token);
        await Task.Delay(pause, _options.Time, woken.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>One socket from opening to its end, and why it ended.</summary>
    private async Task<Trouble> AttemptAsync()
    {
        _fault = null;
        _goodbye = null;
        using var socket = new ClientWebSocket();
        try
        {
            await ServeAsync(socket);
            return Trouble.Closed(socket, _goodbye);
        }
        catch (WaggleException e)
        {
            // Before the welcome it is the hub's refusal: final unless it names a time. After it, a frame that one side could not read.
            return new(e, IsFinal: !IsConnected && e.Code != ClientErrorCodes.Protocol && (e.RetryAfter is null || _owner.GivesUpOn(e, Generation)));
        }
        catch (OperationCanceledException e) when (!IsConnected && !_stop.IsCancellationRequested)
        {
            return new(new(ClientErrorCodes.Unreachable, $"No welcome within {_options.AttemptTimeout.TotalSeconds:0.#} s.", inner: e), IsFinal: false);
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException
            && !_stop.IsCancellationRequested)
        {
            // OperationCanceledException is also what a read says whose socket was aborted because a write failed.
            return Trouble.Broken(socket, e, _goodbye);
        }
        finally
        {
            IsConnected = false;
            socket.Abort();
        }
    }

    private async Task ServeAsync(ClientWebSocket socket)
    {
        using var reader = new FrameReader(socket);
        await OpenAsync(socket, reader);
        if (!IsConnected) return;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var writing = WriteAsync();
        var refreshing = RefreshTokensAsync(ended.Token);
        try
        {
            await ReadLoopAsync(reader, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await refreshing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The hub closed first: answer, so that it need not wait for us.
        if (socket.State == WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _stop.Token);

        async Task WriteAsync()
        {
            try
            {
                await WriteLoopAsync(socket, Unanswered(), ended.Token);
            }
            catch when (!ended.IsCancellationRequested)
            {
                // The reading loop is the one that ends the socket's life; a write that fails must wake it.
                socket.Abort();
                throw;
            }
        }
    }

    private async Task OpenAsync(ClientWebSocket socket, FrameReader reader)
    {
        socket.Options.KeepAliveInterval = _options.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = _options.KeepAliveTimeout;
        // A proxy configured for the way out has no business with a hub on this machine.
        if (_url.IsLoopback) socket.Options.Proxy = null;
        socket.Options.CollectHttpResponseDetails = true;

        using var timeout = new CancellationTokenSource(_options.AttemptTimeout, _options.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token, _ended.Token);
        var token = await TokenAsync(limit.Token);
        if (token is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(_url, limit.Token);
        using var hello = new FrameBuffer();
        MessageCodec.Write(hello, _owner.CreateHello() with { Token = token });
        await socket.SendAsync(hello.Slice(0, hello.Length), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
        while (!IsConnected && await ReadFrameAsync(reader, limit.Token))
        {
        }
    }
}
