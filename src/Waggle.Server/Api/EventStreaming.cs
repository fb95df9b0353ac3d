using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Waggle.Core.Access;
using Waggle.Delivery;
using Waggle.Dialects.EventStream;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Server.Hosting;
using Waggle.Transport.Wires;

namespace Waggle.Server.Api;

/// <summary>Server-sent events: a connection of the delivery loop like a socket's, with one subscription and no input.</summary>
internal sealed class EventStreaming(DeliveryLoop delivery, ReadHistory history, Clients clients, OutboxLimits outbox, TimeProvider time)
{
    public const string ContentType = "text/event-stream";

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    public Task RunAsync(ApiCall call, SubscriptionSpec interest, Position? since) => HttpMethods.IsHead(call.Http.Request.Method)
        ? BeginAsync(call.Http)
        : call.WithPlaceAsync(() => ServeAsync(call, interest, since));

    private async Task ServeAsync(ApiCall call, SubscriptionSpec interest, Position? since)
    {
        await BeginAsync(call.Http);
        await using var wire =
            new PipeWire(PipeReader.Create(System.IO.Stream.Null), call.Http.Response.BodyWriter, call.Remote, () => ValueTask.CompletedTask, call.Http.Abort);
        await using var connection =
            new Connection($"e-{RandomId.Hex(6)}", wire, EventStreamRenderer.Instance, outbox, time, delivery.Metrics)
            {
                Stream = true,
                Hears = Audience.FilterOf(call.By),
                Farewell = EventStreamWords.Last,
            };
        await clients.RunAsync(new StreamClient(connection, call, time.GetUtcNow(), wire.Abort), FollowAsync(call, connection, interest, since));
    }

    private async Task FollowAsync(ApiCall call, Connection connection, SubscriptionSpec interest, Position? since)
    {
        connection.Start();
        using var expiry = new ExpiryWatch(
            time,
            call.Hive.Revoked,
            at => connection.Send(new EventStreamWords(output => EventStreamRenderer.Expiring(at, output))),
            connection.Lapse);
        expiry.Set(call.Credential);
        connection.Lapsed = () => expiry.IsOver;
        await using var heartbeat = time.CreateTimer(_ => Beat(connection), null, HeartbeatInterval, HeartbeatInterval);
        try
        {
            await delivery.SubscribeAsync(
                connection,
                "s1",
                interest,
                since,
                history,
                result => new EventStreamWords(output => EventStreamRenderer.Instance.Subscribed(result, output)),
                call.Gone);
            await connection.Completion.WaitAsync(call.Gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            await delivery.DetachAsync(connection).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await connection.DisposeAsync();
        }
    }

    // A reader with waiting data needs no keep-alive.
    private static void Beat(Connection connection)
    {
        if (connection.Stats.Queued == 0) connection.Send(EventStreamRenderer.Heartbeat);
    }

    private static Task BeginAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // The outbox of a slow reader decides which data it loses, and not a rate of bytes.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        return response.StartAsync(context.RequestAborted);
    }

    private sealed class StreamClient(Connection connection, ApiCall call, DateTimeOffset since, Action abort)
        : HubClient(connection.Id, "event_stream", call.Road, since)
    {
        public override string? Software { get; } = call.Http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;

        public override ConnectionStats? Stats => connection.Stats;

        public override int? Subscriptions => 1;

        public override void Drain(TimeSpan comeBackAfter) => connection.Close(
            CloseCodes.Draining,
            DialectSession.Draining,
            new EventStreamWords(output => EventStreamRenderer.Goodbye(CloseCodes.Draining, DialectSession.Draining, comeBackAfter, output)));

        public override void Abort() => abort();
    }
}
