using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>A Socket.IO server with one polling client, under a clock of the test and without a network.</summary>
internal sealed class SocketRig : IDisposable
{
    public SocketRig(Action<SocketIOOptions>? configure = null)
    {
        var options = new SocketIOOptions();
        configure?.Invoke(options);
        Io = new SocketIOServer(Options.Create(options), NullLogger<SocketIOServer>.Instance, Time);
        Session = Io.Engine.Begin(new ClientRequest(new DefaultHttpContext()))!;
        Session.Transport.BeginPolling();
    }

    public FakeTime Time { get; } = new();

    public SocketIOServer Io { get; }

    public EngineSession Session { get; }

    public SocketClient Client => (SocketClient)Session.Client;

    /// <summary>The client sends a packet of Socket.IO.</summary>
    public ValueTask SendAsync(string packet) => Client.OnTextAsync(Encoding.UTF8.GetBytes(packet));

    /// <summary>The client joins a namespace and reads that it has.</summary>
    public async Task<Socket> JoinAsync(string name = "/")
    {
        var ns = Io.Of(name);
        await SendAsync(name == "/" ? "0" : $"0{name},");
        Assert.StartsWith("40", await PollAsync(), StringComparison.Ordinal);
        return Assert.Single(ns.FetchSockets());
    }

    /// <summary>Returns the packets that wait for the client, or the next ones.</summary>
    public async Task<string> PollAsync()
    {
        var payload = await Eventually.Get(PollingRequests.PollAsync(Session, CancellationToken.None), "a packet");
        Assert.NotNull(payload);
        return Encoding.UTF8.GetString(payload.Value.Span);
    }

    public void Dispose() => Io.Dispose();
}
