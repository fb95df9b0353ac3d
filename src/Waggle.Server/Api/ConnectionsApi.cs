using Microsoft.AspNetCore.Routing;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

internal static class ConnectionsApi
{
    public static void MapConnections(this RouteGroupBuilder api) => api.Get("/connections", ListAsync, new("listConnections", "Who is connected, what each was sent, what waits for it and what it lost.")
    {
        Result = [RestJson.Default.ConnectionPage],
    });

    private static Task ListAsync(ApiCall call)
    {
        if (!call.By.Allowed("read", "system")) throw new ApiFault(ErrorCodes.Forbidden, call.By.Missing("read", "system"));
        var all = call.Hub.Clients.All;
        return call.AnswerAsync(new Outcome(new ConnectionPage(all.Count, [.. all.Select(Show)]), null, call.Hub.Hive.Head));
    }

    private static ConnectionView Show(HubClient client)
    {
        var stats = client.Stats();
        return new()
        {
            Id = client.Id,
            Kind = client.Kind,
            Remote = client.Remote,
            Since = client.Since,
            Software = client.Software(),
            Agent = client.Agent(),
            Sent = stats?.Sent,
            SentBytes = stats?.SentBytes,
            Queued = stats?.Queued,
            QueuedBytes = stats?.QueuedBytes,
            Dropped = stats?.Dropped,
        };
    }
}
