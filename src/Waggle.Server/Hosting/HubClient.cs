using Waggle.Delivery;
using Waggle.Dialects.Hosting;

namespace Waggle.Server.Hosting;

/// <summary>One client that is here now, whatever road it came by.</summary>
internal abstract class HubClient(string id, string kind, RoadIn road, DateTimeOffset since)
{
    public string Id => id;

    /// <summary>websocket | event_stream | poll | socket_io</summary>
    public string Kind => kind;

    public virtual RoadIn Road => road;

    public DateTimeOffset Since => since;

    public virtual string? Agent => null;

    public virtual string? User => null;

    public virtual string? Software => null;

    public virtual ConnectionStats? Stats => null;

    public virtual int? Subscriptions => null;

    /// <summary>The hub is about to stop: it takes nothing more from this client.</summary>
    public virtual void Hush()
    {
    }

    /// <summary>The hub stops: the client is wanted back after this.</summary>
    public virtual void SendHome(TimeSpan comeBackAfter)
    {
    }

    public abstract void Abort();
}

/// <summary>How a client's bytes come and go.</summary>
/// <param name="Name">socket: plain TCP, written to directly. pipe: TLS on the short road, or an HTTP response. stream: an upgraded request, or HTTP/2. poll: requests.</param>
internal sealed record RoadIn(string Name, bool Tls, string Remote);

internal sealed class SessionClient(DialectSession session, RoadIn road, DateTimeOffset since) : HubClient(session.Id, "websocket", road, since)
{
    public override string? Agent => session.Agent;

    public override string? User => session.User;

    public override string? Software => session.Client;

    public override ConnectionStats? Stats => session.Stats;

    public override int? Subscriptions => session.Subscriptions;

    public override void Hush() => session.Hush();

    public override void SendHome(TimeSpan comeBackAfter) => session.SendHome(comeBackAfter);

    public override void Abort() => session.Abort();
}
