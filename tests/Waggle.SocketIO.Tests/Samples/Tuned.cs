using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Waggle.SocketIO.Tests.Samples;

/// <summary>The settings of the README for many clients.</summary>
internal static class Tuned
{
    public static void Apply(WebApplicationBuilder builder)
    {
        // accepts WebSockets of Socket.IO before HTTP
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseSocketIO()));

        // handlers run on the thread that reads: only if none of them blocks it
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
    }
}
