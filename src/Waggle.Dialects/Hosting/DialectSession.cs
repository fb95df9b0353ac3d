using System.Buffers.Binary;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Runners;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Transport;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// One connection of one client. It reads frames, lets the dialect convert them to intents, performs these, and hands the answers to the connection's writer.
/// One loop reads; outcomes and assignments arrive on the owner's loop and only enter the outbox.
/// </summary>
public sealed class DialectSession : ISessionControl, IKeepAliveSubject, IFarewell, IAsyncDisposable
{
    /// <summary>The message to clients of every endpoint when the hub stops.</summary>
    public const string Draining = "The hub is stopping; reconnect after retry_after_ms.";


    private readonly SessionHost _host;
    private readonly Wire _wire;
    private readonly WebSocketReader _reader;
    private readonly InboundBudget _budget;
    private readonly Connection _connection;
    private readonly SessionDialect _dialect;
    private readonly Responder _responder;
    private readonly SessionCredential _credential;
    private readonly IntentDispatcher _dispatcher;
    private readonly ReadGate _gate;
    private readonly KeepAlive _keepAlive;
    private RoundTrip? _roundTrip;

    /// <param name="credential">The result of the admission check. Without a principal, the client must send its token with its hello.</param>
    /// <param name="entry">The entry of a foreign dialect.</param>
    public DialectSession(SessionHost host, Dialect dialect, Wire wire, Credential credential, DialectEntry? entry = null, HandshakeRequest? handshake = null)
    {
        _host = host;
        _wire = wire;
        _reader = new WebSocketReader(wire, Limits.MaxMessageBytes, host.Wires);
        _budget = new InboundBudget(host.Inbound, host.Time);
        Id = $"c-{RandomId.Hex(6)}";
        _connection = new Connection(Id, wire, dialect.Renderer, host.Outbox, host.Time, host.Delivery.Metrics)
        {
            Farewell = this,
            FormOf = dialect.FormOf,
            Binary = dialect.IsBinary,
        };
        _dialect = new SessionDialect(host, handshake ?? HandshakeRequest.Plain, _connection, dialect);
        _responder = new Responder(host, _connection, _dialect);
        _credential = new SessionCredential(host, _connection, _responder, this, credential, wire.RemoteAddress);
        _dispatcher = new IntentDispatcher(host, _connection, _dialect, _responder, _credential, this, wire.RemoteAddress);
        _gate = new ReadGate(host.Wheel, host.Wires);
        _keepAlive = new KeepAlive(host.Wheel, this);
        if (entry is not null) _dialect.Use(entry);
    }

    public string Id { get; }

    /// <summary>The place of the connection in the hub; null where places are not counted.</summary>
    public IPlace? Place
    {
        get => _credential.Place;
        init => _credential.Place = value;
    }

    /// <summary>The foreign dialect of the session; null for waggle.v1.</summary>
    public DialectEntry? Entry => _dialect.Entry;

    public ConnectionStats Stats => _connection.Stats;

    /// <summary>The last measured round trip of a ping; null while none was needed or answered, as for a client that sends messages itself.</summary>
    public TimeSpan? RoundTripTime => _roundTrip?.Last;

    /// <summary>The jitter of these round trips; null before the second.</summary>
    public TimeSpan? Jitter => _roundTrip?.Jitter;

    /// <summary>The agent of the session.</summary>
    public string? Agent => _credential.Agent;

    /// <summary>The user that is present through the session; null without one.</summary>
    public string? User => _dispatcher.Presence?.User;

    /// <summary>The name that the client gave its software.</summary>
    public string? Client => _dialect.Client;

    public string RemoteAddress => _wire.RemoteAddress;

    /// <summary>Whether the client has sent a valid token, or needs none.</summary>
    public bool IsAuthenticated => _credential.Value.Principal is not null;

    /// <summary>The number of active subscriptions.</summary>
    public int Subscriptions => _dispatcher.Subscriptions;

    Heartbeat IKeepAliveSubject.Heartbeat => _dialect.Current.Heartbeat;

    bool IKeepAliveSubject.IsGreeted => _dialect.IsGreeted;

    bool IKeepAliveSubject.IsUnread => _gate.IsPaused || _dispatcher.IsBusy;

    /// <summary>Runs until the client leaves or the hub closes the connection.</summary>
    public async Task RunAsync()
    {
        _connection.Start();
        try
        {
            await OpenAsync();
            _keepAlive.Begin(_dialect.IsGreeted ? _dialect.Current.Heartbeat.Every : _host.HelloTimeout);
            // An idle session waits only here, because each further async method would cost every idle client its state.
            while (await TakeAllAsync() && await _reader.WaitAsync(CancellationToken.None)) _keepAlive.Heard();
        }
        finally
        {
            await EndAsync();
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Sends the reason in the dialect's own form and closes.</summary>
    public void Close(int code, string reason)
    {
        // The session takes no input of a closed client, so a replaced worker cannot set the credit of its successor.
        _gate.Close();
        _connection.Close(_dialect.Current.CloseCodeOf(code), reason, _responder.Goodbye(code, reason));
    }

    /// <summary>Takes no further input, because the hub is about to stop. The input already taken is still answered.</summary>
    public void StopReading() => _gate.Close();

    /// <summary>Closes the connection because the hub stops. The client may reconnect after this time.</summary>
    public void Drain(TimeSpan comeBackAfter)
    {
        _gate.Close();
        _connection.Close(_dialect.Current.CloseCodeOf(CloseCodes.Draining), Draining, _responder.Goodbye(CloseCodes.Draining, Draining, comeBackAfter));
    }

    /// <summary>Ends the connection at once, without a message.</summary>
    public void Abort()
    {
        _gate.Close();
        _wire.Abort();
    }

    void ISessionControl.Watch() => _keepAlive.Begin(_dialect.Current.Heartbeat.Every);

    void ISessionControl.Lapse()
    {
        _gate.Close();
        _connection.Lapse();
    }

    IDeferred IFarewell.Farewell(int code, string reason) => _responder.Goodbye(code, reason);

    void IAgentLink.Assign(Assignment assignment) => _responder.Assign(assignment);

    void IAgentLink.Cancel(LeaseRef lease, string? reason, TimeSpan grace) => _responder.Cancel(lease, reason, grace);

    void IAgentLink.Stop(LeaseRef lease, string reason) => _responder.Stop(lease, reason);

    void IAgentLink.AnswerQuestion(LeaseRef lease, QuestionAnswer answer) => _responder.AnswerQuestion(lease, answer);

    void IAgentLink.RequestVote(VoteRequested request) => _responder.RequestVote(request);

    void IRunnerLink.StartProcess(RunnerStart request) => _responder.StartProcess(request);

    void IRunnerLink.StopProcess(RunnerStop request) => _responder.StopProcess(request);

    bool IAgentLink.TakesMessages => _dialect.Current.TakesMessages;

    void IAgentLink.Deliver(AgentMessage message) => _responder.Deliver(message);

    void IKeepAliveSubject.Ping()
    {
        var number = (_roundTrip ??= new()).Sent(_host.Time);
        var payload = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(payload, number);
        _connection.SendFrame(ControlFrame(Opcode.Ping, payload));
        _dispatcher.Presence?.Acks.Pinged(_host.Hive.Head.Offset);
        if (_dialect.Current.Heartbeat.Spoken) _responder.Ping(_host.Time.GetUtcNow());
    }

    void IKeepAliveSubject.HelloMissed() => Close(CloseCodes.HelloTimeout, "No hello was received in time.");

    private async ValueTask OpenAsync()
    {
        // The goodbye is sent with the close; the loop reads the client until it has left.
        if (await _dispatcher.OpenAsync()) _connection.Flush();
        else _gate.Close();
    }

    // Takes all input that was read. False means that the connection must end.
    private async ValueTask<bool> TakeAllAsync()
    {
        while (true)
        {
            var message = _reader.TryRead();
            switch (message.Kind)
            {
                case WireMessageKind.None:
                    // The answers of one read leave in one write.
                    _connection.Flush();
                    if (_budget.Pay(_reader.FramesRead, _reader.BytesRead) is var pause && pause > TimeSpan.Zero)
                        await _gate.PauseAsync(pause, _connection.Completion);
                    return true;
                case WireMessageKind.Ping:
                    _connection.SendFrame(ControlFrame(Opcode.Pong, message.Payload.Span));
                    break;
                case WireMessageKind.Pong:
                    if (BinaryPrimitives.TryReadInt64BigEndian(message.Payload.Span, out var answered)) _roundTrip?.Answered(answered, _host.Time);
                    if (!_gate.IsClosed && !await _dispatcher.TakePongAsync()) _gate.Close();
                    break;
                case WireMessageKind.Close:
                    _dispatcher.Presence?.Acks.Parted(_host.Hive.Head.Offset);
                    _connection.CloseQuietly(message.Code == CloseFrame.NoCode ? CloseCodes.Normal : message.Code, "");
                    return false;
                case WireMessageKind.Violation:
                    _connection.Fail(message.Code, message.Reason);
                    await _reader.DrainAsync();
                    return false;
                default:
                    if (_gate.IsClosed || await _dispatcher.TakeAsync(message)) break;

                    // The close is being sent. The loop continues to the client's close and takes no input before it.
                    _gate.Close();
                    break;
            }
        }
    }

    private async ValueTask EndAsync()
    {
        _keepAlive.End();
        _credential.Dispose();
        _dialect.Dispose();
        if (Agent is { } agent)
        {
            var detach = new DetachAgent(agent, this) { By = _credential.Principal };
            await _host.Hive.SubmitAsync(detach, NoSink.Instance, null, CancellationToken.None)
                .AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_dispatcher.Runner is { } runner) await runner.EndAsync(_credential.Principal);
        if (_dispatcher.Presence is { } presence) await presence.LeaveAsync();
        await _host.Delivery.DetachAsync(_connection).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _reader.Dispose();
        if (_connection.Fault is { } fault) SessionLog.NotEncoded(_host.Log, Id, fault);
    }

    private static byte[] ControlFrame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[2 + payload.Length];
        FrameHeader.Write(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(2));
        return frame;
    }
}
