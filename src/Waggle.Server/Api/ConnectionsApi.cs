using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

internal static class ConnectionsApi
{
    public static void MapConnections(this RouteGroupBuilder api, Func<Clients> clients) =>
        api.Get("/connections", call => ListAsync(call, clients().All), new(
            "listConnections", "The connected clients, with the numbers of messages sent, waiting and dropped for each.")
        {
            Result = () => [RestJson.Default.ConnectionPage],
        }, new AdmissionRule { Needs = Permissions.ReadSystem });

    private static Task ListAsync(ApiCall call, IReadOnlyList<HubClient> all) =>
        call.AnswerAsync(new Outcome(new ConnectionPage(all.Count, [.. all.Select(Show)]), null, call.Hive.Head));

    private static ConnectionView Show(HubClient client)
    {
        var stats = client.Stats;
        return new()
        {
            Id = client.Id,
            Kind = client.Kind,
            Road = client.Road.Name,
            Tls = client.Road.Tls,
            Remote = client.Road.Remote,
            Since = client.Since,
            Software = client.Software,
            Agent = client.Agent,
            User = client.User,
            Sent = stats?.Sent,
            SentBytes = stats?.SentBytes,
            Queued = stats?.Queued,
            QueuedBytes = stats?.QueuedBytes,
            Dropped = stats?.Dropped,
            SlowEpisodes = stats?.SlowEpisodes,
            RoundTripMs = Ms(client.RoundTripTime),
            JitterMs = Ms(client.Jitter),
            Subscriptions = client.Subscriptions,
        };
    }

    private static double? Ms(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
}
