using Waggle.Delivery;
using Waggle.Dialects.Hosting;

namespace Waggle.Server.Hosting;

/// <summary>One connected client, over any kind of connection.</summary>
internal abstract class HubClient(string id, string kind, Ingress road, DateTimeOffset since)
{
    public string Id => id;

    /// <summary>The kind: websocket | event_stream | poll | socket_io</summary>
    public virtual string Kind => kind;

    public virtual Ingress Road => road;

    public DateTimeOffset Since => since;

    public virtual string? Agent => null;

    public virtual string? User => null;

    public virtual string? Software => null;

    public virtual ConnectionStats? Stats => null;

    public virtual int? Subscriptions => null;

    /// <summary>The last measured round trip of a ping; null if none was measured.</summary>
    public virtual TimeSpan? RoundTripTime => null;

    /// <summary>The jitter of the round trips; null before the second.</summary>
    public virtual TimeSpan? Jitter => null;

    /// <summary>Stops reading from this client, because the hub is about to stop.</summary>
    public virtual void StopReading()
    {
    }

    /// <summary>Asks the client to reconnect after this time, because the hub stops.</summary>
    public virtual void Drain(TimeSpan comeBackAfter)
    {
    }

    public abstract void Abort();
}

/// <summary>The transport of a client's bytes.</summary>
/// <param name="Name">The name. socket: plain TCP, written to directly. pipe: TLS on the fast path, or an HTTP response. stream: an upgraded request, or
/// HTTP/2. poll: requests.</param>
internal sealed record Ingress(string Name, bool Tls, string Remote);

internal class SessionClient(DialectSession session, Ingress road, DateTimeOffset since) : HubClient(session.Id, "websocket", road, since)
{
    public override string? Agent => session.Agent;

    public override string? User => session.User;

    public override string? Software => session.Client;

    public override ConnectionStats? Stats => session.Stats;

    public override int? Subscriptions => session.Subscriptions;

    public override TimeSpan? RoundTripTime => session.RoundTripTime;

    public override TimeSpan? Jitter => session.Jitter;

    public override void StopReading() => session.StopReading();

    public override void Drain(TimeSpan comeBackAfter) => session.Drain(comeBackAfter);

    public override void Abort() => session.Abort();
}
