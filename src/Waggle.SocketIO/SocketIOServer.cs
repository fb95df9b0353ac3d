using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waggle.Protocol.Json;
using Waggle.SocketIO.EngineIO;
using Waggle.SocketIO.Packets;
using Waggle.Transport;
using Waggle.Transport.Timers;

namespace Waggle.SocketIO;

/// <summary>
/// A Socket.IO server with its namespaces. <see cref="SocketIOHosting.AddSocketIO"/> adds it to the container, so that any code of the application can send
/// events. Its members that a namespace has, too, apply to the main namespace. Thread-safe.
/// </summary>
public sealed class SocketIOServer : Broadcaster, IDisposable
{
    private const string MainName = "/";

    private readonly ConcurrentDictionary<string, SocketNamespace> _namespaces = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly CancellationTokenRegistration _stopping;
    private volatile Pattern[] _patterns = [];

    /// <summary>Creates a server. The container calls it.</summary>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public SocketIOServer(IOptions<SocketIOOptions> options, ILogger<SocketIOServer> log, TimeProvider? time = null, IHostApplicationLifetime? lifetime = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Value;
        OptionsCheck.Throw(Options);
        Log = log;
        Time = time ?? TimeProvider.System;
        Json = BinaryJson.With(Options.Json);
        Engine = new EngineServer(Options, Time, log, session => new SocketClient(this, session));
        Main = Of(MainName);
        _stopping = lifetime?.ApplicationStopping.UnsafeRegister(static server => ((SocketIOServer)server!).Close(), this) ?? default;
    }

    /// <summary>Gets the main namespace, <c>/</c>, which clients join that do not name a namespace.</summary>
    public SocketNamespace Main { get; }

    /// <summary>Gets the number of connected clients, including those that have not joined a namespace.</summary>
    public int ClientsCount => Engine.Count;

    internal SocketIOOptions Options { get; }

    internal ILogger Log { get; }

    internal TimeProvider Time { get; }

    internal JsonSerializerOptions Json { get; }

    internal EngineServer Engine { get; }

    internal TimerWheel Wheel => Engine.Wheel;

    private protected override BroadcastOperator Everybody => Main.To();

    /// <summary>Returns the namespace of this name, and creates it if it does not exist. A missing slash at the beginning of the name is added.</summary>
    public SocketNamespace Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _namespaces.GetOrAdd(name[0] == '/' ? name : $"/{name}", static (own, server) => new SocketNamespace(server, own), this);
    }

    /// <summary>
    /// Lets clients create namespaces: a namespace is created when a client joins one whose name matches the pattern. The middlewares and handlers of the
    /// returned namespace apply to all of them.
    /// </summary>
    public SocketNamespace Of(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Of((name, _) => pattern.IsMatch(name));
    }

    /// <summary>
    /// Lets clients create namespaces like <see cref="Of(Regex)"/>, if a function accepts the name of the namespace and the <c>auth</c> object of the client.
    /// </summary>
    public SocketNamespace Of(Func<string, RawJson, bool> accepts)
    {
        ArgumentNullException.ThrowIfNull(accepts);
        var parent = new SocketNamespace(this, "/_pattern");
        lock (_lock) _patterns = [.. _patterns, new Pattern(accepts, parent)];
        return parent;
    }

    /// <summary>Adds a middleware to the main namespace; see <see cref="SocketNamespace.Use"/>.</summary>
    public SocketIOServer Use(Func<Socket, Task> middleware)
    {
        Main.Use(middleware);
        return this;
    }

    /// <summary>
    /// Calls the handler with each socket that has joined the main namespace; see <see cref="SocketNamespace.OnConnection(Action{Socket})"/>.
    /// </summary>
    public SocketIOServer OnConnection(Action<Socket> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>
    /// Calls the handler with each socket that has joined the main namespace; see <see cref="SocketNamespace.OnConnection(Func{Socket, Task})"/>.
    /// </summary>
    public SocketIOServer OnConnection(Func<Socket, Task> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>Counts the frames and bytes of the WebSockets that open from now on.</summary>
    public void CountWith(WireMetrics wires) => Engine.CountWith(wires);

    /// <summary>Stops accepting clients. Connected clients stay until <see cref="Close"/>.</summary>
    public void StopAccepting() => Engine.LetNobodyIn();

    /// <summary>
    /// Disconnects all clients with the reason <see cref="DisconnectReasons.ServerShuttingDown"/> and stops accepting clients. The stop of the application does
    /// this, too.
    /// </summary>
    public void Close() => Engine.Close(DisconnectReasons.ServerShuttingDown);

    /// <summary>Closes the server and releases its timers.</summary>
    public void Dispose()
    {
        _stopping.Dispose();
        Engine.Dispose();
    }

    /// <summary>Returns the namespace of this name, and creates it if a pattern accepts it; otherwise null.</summary>
    internal SocketNamespace? Find(string name, RawJson auth)
    {
        if (_namespaces.TryGetValue(name, out var known)) return known;
        foreach (var pattern in _patterns)
        {
            if (pattern.Accepts(name, auth))
            {
                return _namespaces.GetOrAdd(name, static (own, made) => new SocketNamespace(made.Server, own, made.Parent), (Server: this, pattern.Parent));
            }
        }

        return null;
    }

    internal void MaybeForget(SocketNamespace ns)
    {
        if (ns.Parent is not null && Options.CleanupEmptyChildNamespaces && ns.Members.IsEmpty) _namespaces.TryRemove(KeyValuePair.Create(ns.Name, ns));
    }

    private sealed record Pattern(Func<string, RawJson, bool> Accepts, SocketNamespace Parent);
}
