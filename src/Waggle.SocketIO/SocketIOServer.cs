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
/// A Socket.IO server: its namespaces and all who are in them. One of them is in the container after <c>AddSocketIO</c>, so any code of the application may
/// send by it.
/// What it has of a namespace is that of the main one.
/// </summary>
public sealed class SocketIOServer : Broadcaster, IDisposable
{
    private const string MainName = "/";

    private readonly ConcurrentDictionary<string, SocketNamespace> _namespaces = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly CancellationTokenRegistration _stopping;
    private volatile Pattern[] _patterns = [];

    /// <summary>Made by the container.</summary>
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

    /// <summary>The main namespace, <c>/</c>, in which clients are that name none.</summary>
    public SocketNamespace Main { get; }

    /// <summary>Connections of Engine.IO that are here, joined to a namespace or not.</summary>
    public int ClientsCount => Engine.Count;

    internal SocketIOOptions Options { get; }

    internal ILogger Log { get; }

    internal TimeProvider Time { get; }

    internal JsonSerializerOptions Json { get; }

    internal EngineServer Engine { get; }

    internal TimerWheel Wheel => Engine.Wheel;

    private protected override BroadcastOperator Everybody => Main.To();

    /// <summary>The namespace of this name; it is made if there is none yet.</summary>
    public SocketNamespace Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _namespaces.GetOrAdd(name[0] == '/' ? name : $"/{name}", static (own, server) => new SocketNamespace(server, own), this);
    }

    /// <summary>Namespaces that are made when a client asks for one whose name fits. What is set on the one that is given here holds for all of them.</summary>
    public SocketNamespace Of(Regex pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Of((name, _) => pattern.IsMatch(name));
    }

    /// <summary>Namespaces that are made when a client asks for one and this says yes to its name and to the client's <c>auth</c>.</summary>
    public SocketNamespace Of(Func<string, RawJson, bool> accepts)
    {
        ArgumentNullException.ThrowIfNull(accepts);
        var parent = new SocketNamespace(this, "/_pattern");
        lock (_lock) _patterns = [.. _patterns, new Pattern(accepts, parent)];
        return parent;
    }

    /// <summary>Asks before a socket is let into the main namespace; see <see cref="SocketNamespace.Use"/>.</summary>
    public SocketIOServer Use(Func<Socket, Task> middleware)
    {
        Main.Use(middleware);
        return this;
    }

    /// <summary>Calls the handler with each socket that was let into the main namespace.</summary>
    public SocketIOServer OnConnection(Action<Socket> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>Calls the handler with each socket that was let into the main namespace.</summary>
    public SocketIOServer OnConnection(Func<Socket, Task> handler)
    {
        Main.OnConnection(handler);
        return this;
    }

    /// <summary>Counts what the WebSockets of clients carry that come from now on.</summary>
    public void CountWith(WireMetrics wires) => Engine.CountWith(wires);

    /// <summary>Lets nobody in any more; those who are here stay until <see cref="Close"/>.</summary>
    public void StopAccepting() => Engine.LetNobodyIn();

    /// <summary>
    /// Sends everybody away (reason <see cref="DisconnectReasons.ServerShuttingDown"/>) and lets nobody in. The end of the application does it, too.
    /// </summary>
    public void Close() => Engine.Close(DisconnectReasons.ServerShuttingDown);

    /// <summary>Closes, and lets go of everything.</summary>
    public void Dispose()
    {
        _stopping.Dispose();
        Engine.Dispose();
    }

    /// <summary>Null: there is none of this name, and none is to be made.</summary>
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
