using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Tasks;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Transport;
using Waggle.Transport.Timers;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Dialects.Hosting;

/// <summary>What a session needs of the hub around it.</summary>
public sealed record SessionHost(
    IHive Hive, DeliveryLoop Delivery, TimeProvider Time, OutboxLimits Outbox, string Hub, ILogger Log, IAuthenticator Authenticator)
{
    /// <summary>How long a client may take for its first words.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much a client may send before it is not read for a while.</summary>
    public InboundLimits Inbound { get; init; } = new();

    /// <summary>Where its sessions' timeouts turn.</summary>
    public required TimerWheel Wheel { get; init; }

    /// <summary>What subscriptions from a position read.</summary>
    public required ReadHistory History { get; init; }

    public WireMetrics? Wires { get; init; }

    /// <summary>What is told periodically.</summary>
    public required PeriodicBroadcasts Broadcasts { get; init; }
}

/// <summary>
/// One connection of one client: reads frames, lets the dialect say what they mean, performs it, and hands the answers to the connection's writer.
/// Reading is one loop; outcomes and assignments arrive on the owner's loop and only go into the outbox.
/// </summary>
public sealed partial class DialectSession : IOutcomeSink, IAgentLink, IFarewell, IAsyncDisposable
{
    /// <summary>What a client reads when the hub stops, by whatever road it came.</summary>
    public const string Draining = "The hub is stopping; reconnect after retry_after_ms.";

    private readonly SessionHost _host;
    private Dialect _dialect;
    private readonly Wire _wire;
    private readonly WebSocketReader _reader;
    private readonly InboundBudget _budget;
    private readonly Pulse _pulse;
    private readonly Connection _connection;
    private readonly List<Intent> _intents = [];
    private string? _agent;
    private SmallMap<(int Topics, bool IsPlain)> _subscriptions;
    private int _topics;
    private int _shaped;
    private int _numbered;
    private volatile bool _leaving;
    private volatile bool _performing;

    /// <param name="credential">The result of the admission check; one without a principal has to say who it is with its hello.</param>
    /// <param name="entry">The dialect, if it is a foreign one.</param>
    public DialectSession(SessionHost host, Dialect dialect, Wire wire, Credential credential, DialectEntry? entry = null, HandshakeRequest? handshake = null)
    {
        _host = host;
        _handshake = handshake ?? HandshakeRequest.Plain;
        _dialect = dialect;
        _wire = wire;
        _reader = new WebSocketReader(wire, Limits.MaxMessageBytes, host.Wires);
        _budget = new InboundBudget(host.Inbound, host.Time);
        _pulse = new Pulse(this);
        _principal = Nobody(host.Hive.Options.Hive);
        Id = $"c-{RandomId.Hex(6)}";
        _connection = new Connection(Id, wire, dialect.Renderer, host.Outbox, host.Time, host.Delivery.Metrics)
        {
            Farewell = this,
        };
        _credential = credential;
        if (credential.Principal is not null) Admit(credential);
        if (entry is not null) Speak(entry);
    }

    public string Id { get; }

    /// <summary>Its place in the hub; null where places are not counted.</summary>
    public IPlace? Place { get; init; }

    public ConnectionStats Stats => _connection.Stats;

    /// <summary>The agent that it speaks for.</summary>
    public string? Agent => _agent;

    /// <summary>The name that the client gave its software.</summary>
    public string? Client { get; private set; }

    public string RemoteAddress => _wire.RemoteAddress;

    /// <summary>Subscriptions that are in force.</summary>
    public int Subscriptions => _subscriptions.Count;

    /// <summary>Runs until the client leaves or is sent away.</summary>
    public async Task RunAsync()
    {
        _connection.Start();
        try
        {
            await OpenAsync();
            _host.Wheel.Set(_pulse, _greeted ? _dialect.Heartbeat.Every : _host.HelloTimeout);
            // The one thing that an idle session waits in: each async method on the way down would cost every idle client its state.
            while (await TakeAllAsync() && await _reader.WaitAsync(CancellationToken.None)) _pulse.Heard();
        }
        finally
        {
            _pulse.End();
            _watch?.Dispose();
            _beats?.Dispose();
            if (_agent is not null)
                await _host.Hive.SubmitAsync(new DetachAgent(_agent, this) { By = _principal }, NoSink.Instance, null, CancellationToken.None)
                    .AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await LeaveAsync();
            await _host.Delivery.DetachAsync(_connection).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _connection.DisposeAsync();
            _reader.Dispose();
            if (_connection.Fault is { } fault) LogUnsaid(_host.Log, Id, fault);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Says why in the dialect's words and closes.</summary>
    public void Close(int code, string reason)
    {
        // Whoever was sent away does nothing more here: a replaced worker must not set its successor's credit.
        StopTaking();
        _connection.Close(code, reason);
    }

    /// <summary>The hub is about to stop: nothing more is taken, what was taken will still be answered.</summary>
    public void StopReading() => StopTaking();

    /// <summary>The hub stops: the client is wanted back, but not before this.</summary>
    public void Drain(TimeSpan comeBackAfter)
    {
        StopTaking();
        _connection.Close(CloseCodes.Draining, Draining, new Deferred(output => _dialect.Goodbye(CloseCodes.Draining, Draining, comeBackAfter, output)));
    }

    /// <summary>Ends it at once, without a word.</summary>
    public void Abort()
    {
        StopTaking();
        _wire.Abort();
    }

    void IOutcomeSink.Complete(object? tag, in Outcome outcome)
    {
        var intent = (Intent)tag!;
        if (intent is HelloIntent hello) CompleteHello(hello, outcome);
        else Answer(intent, outcome);
    }

    IDeferred IFarewell.Farewell(int code, string reason) => new Deferred(output => _dialect.Goodbye(code, reason, null, output));

    void IAgentLink.Assign(TaskEntity task, TimeSpan lease, IReadOnlyList<Dependency>? dependencies) =>
        _connection.Send(new Deferred(output => _dialect.Assign(task, lease, dependencies, output)));

    void IAgentLink.Cancel(LeaseRef lease, string? reason, TimeSpan grace) =>
        _connection.Send(new Deferred(output => _dialect.Cancel(lease, reason, grace, output)));

    void IAgentLink.Stop(LeaseRef lease, string reason) => _connection.Send(new Deferred(output => _dialect.Stop(lease, reason, output)));

    // Everything that was read. False: the connection is to end.
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
                    if (_budget.Pay(_reader.FramesRead, _reader.BytesRead) is var rest && rest > TimeSpan.Zero) await RestAsync(rest);
                    return true;
                case WireMessageKind.Ping:
                    _connection.SendFrame(Pong(message.Payload.Span));
                    break;
                case WireMessageKind.Pong:
                    _here?.Answered();
                    break;
                case WireMessageKind.Close:
                    _here?.Parted(_host.Hive.Head.Offset);
                    _connection.CloseQuietly(message.Code == CloseFrame.NoCode ? CloseCodes.Normal : message.Code, "");
                    return false;
                case WireMessageKind.Violation:
                    _connection.Fail(message.Code, message.Reason);
                    await _reader.DrainAsync();
                    return false;
                default:
                    if (_leaving || await TakeAsync(message)) break;

                    // The close is on its way: the loop goes on to the client's own, and takes nothing before it.
                    StopTaking();
                    break;
            }
        }
    }

    // False: the connection is to end.
    private async ValueTask<bool> TakeAsync(WireMessage message)
    {
        Interpret(message);
        return await PerformAllAsync();
    }

    private async ValueTask<bool> PerformAllAsync()
    {
        _performing = true;

        // By index: a dialect that gives way to another adds what that one opens with.
        for (var i = 0; i < _intents.Count; i++)
        {
            if (!await TryPerformAsync(_intents[i])) return false;
        }

        _performing = false;

        _intents.Clear();
        return true;
    }

    private static byte[] Pong(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[2 + payload.Length];
        FrameHeader.Write(frame, Opcode.Pong, payload.Length);
        payload.CopyTo(frame.AsSpan(2));
        return frame;
    }

    private void Interpret(in WireMessage message)
    {
        _intents.Clear();
        try
        {
            switch (message.Kind)
            {
                case WireMessageKind.Text:
                    _dialect.Read(ForeignJson.Mend(message.Payload.Span), _principal, _intents);
                    break;
                case WireMessageKind.Binary:
                    _dialect.Refuse(ErrorCodes.MalformedMessage, "Messages are text frames with JSON; this one was binary.", _intents);
                    break;
                case WireMessageKind.TooBig:
                    _dialect.Refuse(ErrorCodes.TooLarge, $"A message has at most {Limits.MaxMessageBytes} bytes.", _intents);
                    _intents.Add(new CloseIntent(CloseCodes.MessageTooBig, $"A message has at most {Limits.MaxMessageBytes} bytes."));
                    break;
            }
        }
        catch (Exception e)
        {
            _dialect.Refuse(ErrorCodes.Internal, FaultOf("reading a frame", e), _intents);
        }
    }

    private static int SizeOf(object? value) => value switch
    {
        TaskPage page => page.Tasks.Sum(t => 512 + t.Result.Utf8.Length + t.Spec.Input.Utf8.Length),
        TaskView task => 512 + task.Result.Utf8.Length + task.Spec.Input.Utf8.Length,
        SubscribeResult result => 512 + result.Records.Sum(r => r.Data.Length) + result.Latest.Sum(r => r.Data.Length),
        _ => 512,
    };

    private sealed class NoSink : IOutcomeSink
    {
        public static readonly NoSink Instance = new();

        public void Complete(object? tag, in Outcome outcome)
        {
        }
    }

    private sealed class Deferred(Action<IMessageWriter> write) : IDeferred
    {
        public void Write(IMessageWriter output) => write(output);
    }

    private sealed class DeferredAnswer(Dialect dialect, Intent intent, Outcome outcome) : IDeferred
    {
        public int Size { get; } = SizeOf(outcome.Value);

        public void Write(IMessageWriter output) => dialect.Answer(intent, outcome, output);
    }
}
