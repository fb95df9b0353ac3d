using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Waggle.SocketIO.Tests.Samples;

/// <summary>What the README says about many clients.</summary>
internal static class Tuned
{
    public static void Apply(WebApplicationBuilder builder)
    {
        // WebSockets of Socket.IO are taken before HTTP sees them
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseSocketIO()));

        // handlers run where their event was read: only if none of them blocks its thread
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
    }
}
