using Waggle.Client;

namespace Waggle.Benchmarks.EndToEnd;

/// <summary>Connects to the hub of a benchmark. The hub may have just started, on a machine with other work.</summary>
internal static class BenchClient
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromMinutes(1);

    public static Task<WaggleClient> ConnectAsync(Uri hub, CancellationToken cancel) => WaggleClient.ConnectAsync(
        new WaggleClientOptions { Url = hub, ClientName = "waggle-benchmarks", ConnectTimeout = ConnectTimeout }, cancel);
}
