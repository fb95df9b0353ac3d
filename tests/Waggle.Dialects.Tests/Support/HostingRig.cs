using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Logging;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Delivery;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.TestKit;
using Waggle.Transport.Timers;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Dialects.Tests.Support;

/// <summary>The parts of one session on a hive with its own loop, without the session. The test reads the client's frames.</summary>
internal sealed class HostingRig : IBatchSink, IAuthenticator, ILogger, IAsyncDisposable
{
    public const string Address = "192.0.2.1";

    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly TimerWheel _wheel;

    private HostingRig(PlainDialect dialect, bool required)
    {
        Required = required;
        Plain = dialect;
        Delivery = new DeliveryLoop(Time);
        _wheel = new TimerWheel(Time, TimeSpan.FromMilliseconds(250), e => Log(LogLevel.Error, default, e, e, (_, _) => "a timeout failed"));
        Store = new MemoryStore(Hive.Kinds);
        Ask = async (after, cancel) =>
        {
            var read = await Hive.ReadAsync(after, 500, cancel);
            return new HistoryPiece(read.Known, read.Records, read.End);
        };
    }

    public FakeTime Time { get; } = new();

    public MemoryStore Store { get; }

    public Hive Hive { get; private set; } = null!;

    public DeliveryLoop Delivery { get; }

    public PlainDialect Plain { get; }

    public SessionHost Host { get; private set; } = null!;

    public Connection Connection { get; private set; } = null!;

    public SessionDialect Dialect { get; private set; } = null!;

    public Responder Responder { get; private set; } = null!;

    public SessionRecorder Session { get; private set; } = null!;

    public SessionCredential Credential { get; private set; } = null!;

    /// <summary>Reads the log for a subscription from a position.</summary>
    public ReadHistory Ask { get; set; }

    /// <summary>The errors that were logged: the message, and the exception's text.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    public bool Required { get; }

    /// <summary>The tokens that the hub accepts.</summary>
    public Dictionary<string, Credential> Tokens { get; } = new(StringComparer.Ordinal);

    /// <summary>The user of the session, who has every permission.</summary>
    public static Principal Ann { get; } = Principal.Local("default", "ann");

    /// <param name="required">Whether clients need a token. Otherwise the client is Ann, with every permission.</param>
    public static async Task<HostingRig> StartAsync(PlainDialect? dialect = null, bool required = false)
    {
        var rig = new HostingRig(dialect ?? new PlainDialect(), required);
        var parts = new HiveParts { Store = rig.Store, Sink = rig, Time = rig.Time, Dice = new Random(1), Log = rig };
        rig.Hive = await Hive.StartAsync(parts, CancellationToken.None);
        rig.Host = new SessionHost(rig.Hive, rig.Delivery, rig.Time, new OutboxLimits(), "hub", rig, rig)
        {
            Rates = new RateLimiter(rig.Time),
            Wheel = rig._wheel,
            History = (after, cancel) => rig.Ask(after, cancel),
            Broadcasts = new PeriodicBroadcasts(rig.Hive, rig.Delivery, rig._wheel, rig.Time, rig),
        };
        var wire = new PipeWire(new Pipe().Reader, rig._toClient.Writer, Address, () => default, () => { });
        rig.Connection = new Connection("c-1", wire, rig.Plain.Renderer, new OutboxLimits(), rig.Time);
        rig.Dialect = new SessionDialect(rig.Host, HandshakeRequest.Plain, rig.Connection, rig.Plain);
        rig.Responder = new Responder(rig.Host, rig.Connection, rig.Dialect);
        rig.Session = new SessionRecorder(rig.Responder);
        var credential = required ? new Credential(null) : new Credential(Ann);
        rig.Credential = new SessionCredential(rig.Host, rig.Connection, rig.Responder, rig.Session, credential, Address);
        return rig;
    }

    /// <summary>Performs a command and returns its result.</summary>
    public async Task<T> DoAsync<T>(Command<T> command)
    {
        var outcome = await Eventually.Get(Hive.AskAsync(command, CancellationToken.None), command.GetType().Name);
        Assert.Null(outcome.Error);
        return outcome.Value!;
    }

    /// <summary>Returns the next text that the client receives.</summary>
    public async Task<string> NextAsync()
    {
        Connection.Flush();
        while (true)
        {
            var read = await Eventually.Get(_toClient.Reader.ReadAsync().AsTask(), "a frame");
            var bytes = read.Buffer.ToArray();
            var header = bytes.Length < 2 ? 2 : FrameHeader.SizeOf(bytes[1]);
            if (bytes.Length >= header)
            {
                var length = bytes[1] == 126 ? (bytes[2] << 8) | bytes[3] : bytes[1];
                if (bytes.Length >= header + length)
                {
                    Assert.Equal(Opcode.Text, (Opcode)(bytes[0] & 0x0f));
                    _toClient.Reader.AdvanceTo(read.Buffer.GetPosition(header + length));
                    return Encoding.UTF8.GetString(bytes.AsSpan(header, length));
                }
            }

            _toClient.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public ValueTask PublishAsync(SealedBatch batch) => Delivery.PublishAsync(batch);

    public ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel) =>
        new(Tokens.GetValueOrDefault(token ?? "") ?? new Credential(null, Error: new Error(ErrorCodes.Unauthenticated, "The token is not valid.")));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Faults.Enqueue($"{formatter(state, exception)} {exception?.Message}");

    public async ValueTask DisposeAsync()
    {
        Credential.Dispose();
        Dialect.Dispose();
        Connection.CloseQuietly(CloseCodes.Normal, "");
        await Connection.Completion;
        await Hive.DisposeAsync();
        await Delivery.DisposeAsync();
        _wheel.Dispose();
    }
}
