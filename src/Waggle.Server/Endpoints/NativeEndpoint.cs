using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Waggle.Core;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Native;
using Waggle.Server.Hosting;

namespace Waggle.Server.Endpoints;

internal static class NativeEndpoint
{
    public const string Path = "/ws/waggle";

    public static void MapNativeApi(this IEndpointRouteBuilder app, HubService service) => app.Map(Path, async context =>
    {
        if (await WebSocketUpgrade.AcceptAsync(context, NativeDialect.Protocol) is not { } wire) return;
        await using (wire) await service.Hub.RunNativeAsync(wire);
    });

    /// <summary>One client of waggle.v1, by whatever road its wire came.</summary>
    public static async Task RunNativeAsync(this Hub hub, Transport.Wires.Wire wire)
    {
        await using var session = new DialectSession(hub.Sessions, new NativeDialect(), wire, Principal.Local(hub.Options.Hive.Hive, wire.RemoteAddress));
        await hub.RunAsync(session);
    }
}
