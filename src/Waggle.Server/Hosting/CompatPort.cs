using Microsoft.AspNetCore.Server.Kestrel.Core;
using Waggle.Dialects;

namespace Waggle.Server.Hosting;

/// <summary>A port where the clients of foreign dialects expect their server. Every connection over it carries it.</summary>
/// <param name="IsHubs">Whether the port is also the hub's own.</param>
internal sealed record CompatPort(int Asked, IReadOnlyList<DialectEntry> Entries, bool IsHubs)
{
    /// <summary>The endpoint, once the port is open.</summary>
    public ListenOptions? Endpoint { get; set; }

    /// <summary>The same port for a request that is the hub's alone.</summary>
    public CompatPort WithoutDialects => field ??= this with { Entries = [] };

    /// <summary>Whether another program has the port.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Returns the compatibility ports of a hub. The hub's own port is among them only if a dialect shares it.</summary>
    /// <exception cref="ArgumentException">There is no such dialect.</exception>
    public static IReadOnlyList<CompatPort> Of(WaggleServerOptions options)
    {
        var wanted = options.CompatPorts.Select(p => (p.Value, Entry: DialectTable.Find(p.Key) ?? throw new ArgumentException(Unknown(p.Key), nameof(options))))
            .ToArray();

        // Port 0 gives each dialect a free port of its own.
        var shared = wanted.Where(p => p.Value != 0)
            .GroupBy(p => p.Value).Select(g => new CompatPort(g.Key, [.. g.Select(p => p.Entry)], g.Key == options.Port));
        return [.. shared, .. wanted.Where(p => p.Value == 0).Select(p => new CompatPort(0, [p.Entry], IsHubs: false))];
    }

    public static string Unknown(string name) => $"'{name}' is not a dialect; there are: {string.Join(", ", DialectTable.All.Select(d => d.Name))}.";
}
