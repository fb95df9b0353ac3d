using Microsoft.AspNetCore.Server.Kestrel.Core;
using Waggle.Dialects;

namespace Waggle.Server.Compat;

/// <summary>A port where the clients of foreign dialects look for their server; known to every connection that comes by it.</summary>
/// <param name="IsHubs">It is the hub's own port as well.</param>
internal sealed record CompatPort(int Asked, IReadOnlyList<DialectEntry> Entries, bool IsHubs)
{
    /// <summary>Where it listens, once it does.</summary>
    public ListenOptions? Endpoint { get; set; }

    /// <summary>Somebody else has it.</summary>
    public bool IsTaken { get; set; }

    /// <summary>The ports of a hub, its own one apart if no dialect shares it.</summary>
    /// <exception cref="ArgumentException">There is no such dialect.</exception>
    public static IReadOnlyList<CompatPort> Of(WaggleServerOptions options)
    {
        var wanted = options.CompatPorts.Select(p => (p.Value, Entry: DialectTable.Find(p.Key) ?? throw new ArgumentException(Unknown(p.Key), nameof(options))))
            .ToArray();

        // Any free port is one for each.
        var shared = wanted.Where(p => p.Value != 0)
            .GroupBy(p => p.Value).Select(g => new CompatPort(g.Key, [.. g.Select(p => p.Entry)], g.Key == options.Port));
        return [.. shared, .. wanted.Where(p => p.Value == 0).Select(p => new CompatPort(0, [p.Entry], IsHubs: false))];
    }

    public static string Unknown(string name) => $"'{name}' is not a dialect; there are: {string.Join(", ", DialectTable.All.Select(d => d.Name))}.";
}
