using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Access;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Native;
using Waggle.Server.Api;
using Waggle.Server.Door;
using Waggle.Server.Hosting;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

internal static class NativeEndpoint
{
    public const string Path = "/ws/waggle";

    public static readonly DoorRule Rule = new() { TokenInQuery = true, HelloBringsToken = true };

    public static void MapNativeApi(this IEndpointRouteBuilder app, HubService service) => app.Map(Path, async context =>
    {
        var places = service.Hub.Places;
        var remote = context.Connection.RemoteIpAddress;
        if (places.Take(remote) is { } refusal)
        {
            await ApiAnswers.FailAsync(context, refusal);
            return;
        }

        try
        {
            if (await WebSocketUpgrade.AcceptAsync(context, NativeDialect.Protocol) is not { } wire) return;
            await using (wire) await service.Hub.RunNativeAsync(wire, context.Features.Get<Credential>(), new RoadIn("stream", context.Request.IsHttps, wire.RemoteAddress));
        }
        finally
        {
            places.Leave(remote);
        }
    }).WithMetadata(Rule);

    /// <summary>One client of waggle.v1, by whatever road its wire came.</summary>
    /// <param name="credential">What it brought; null: its hello has still to say who it is.</param>
    public static Task RunNativeAsync(this Hub hub, Wire wire, Credential? credential, RoadIn road) =>
        hub.RunAsync(new DialectSession(hub.Sessions, new NativeDialect(), wire, credential ?? new Credential(null)), road);
}
