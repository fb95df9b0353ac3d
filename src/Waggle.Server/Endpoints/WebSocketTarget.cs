using Waggle.Core.Access;
using Waggle.Dialects;
using Waggle.Dialects.Binary;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Native;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Transport.Wires;

namespace Waggle.Server.Endpoints;

/// <summary>The protocol of a WebSocket at a path of the hub.</summary>
/// <param name="Entries">The dialects of the path. An empty list is waggle.v1. With several, the first message determines the dialect.</param>
internal sealed record WebSocketTarget(IReadOnlyList<DialectEntry> Entries, AdmissionRule Rule) : IWebSocketTarget
{
    private static readonly AdmissionRule ForDialects = new() { TokenInQuery = true };

    private static readonly Dictionary<string, WebSocketTarget> ByPath = DialectTable.All.ToDictionary(e => e.Path, Of, StringComparer.Ordinal);

    public static WebSocketTarget Native { get; } = new([], new AdmissionRule { TokenInQuery = true, HelloBringsToken = true });

    public static IEnumerable<string> Paths => ByPath.Keys;

    // The first message determines the dialect of a path that several share, so such a path has no binary form.
    private string? BinarySubprotocol => Entries switch
    {
        [] => NativeDialect.BinaryProtocol,
        [var one] => one.BinarySubprotocol,
        _ => null,
    };

    public bool NeedsPlace => true;

    public string? Choose(Func<string, bool> offers)
    {
        if (BinarySubprotocol is { } binary && offers(binary)) return binary;
        return Entries.Count == 0 && offers(NativeDialect.Protocol) ? NativeDialect.Protocol : null;
    }

    /// <summary>Returns the target at a path; null if there is none.</summary>
    /// <param name="own">The dialects of the port.</param>
    public static WebSocketTarget? At(string path, IReadOnlyList<DialectEntry> own, HandshakeRequest handshake)
    {
        if (path == NativeEndpoint.Path) return Native;
        if (ByPath.TryGetValue(path, out var target)) return target;
        var here = own.Where(e => e.OwnPath == path || e.MorePaths.Contains(path)).ToArray();
        if (here.Length == 0 && own.FirstOrDefault(e => e.AnyPath) is { } any) return Of(any);
        if (here.Length < 2) return here.Length == 0 ? null : Of(here[0]);
        return here.FirstOrDefault(e => e.Claims(handshake)) is { } sure ? Of(sure) : new WebSocketTarget(here, ForDialects with { TakesStrangers = true });
    }

    /// <summary>Serves one client, over any kind of wire.</summary>
    /// <param name="credential">The credential of the request; null if the hello brings it.</param>
    public Task RunAsync(SessionRunner sessions, Wire wire, Place? place, Credential? credential, HandshakeRequest handshake, Ingress road)
    {
        var (dialect, entry) = Entries switch
        {
            [] => ((Dialect)new NativeDialect(), default(DialectEntry)),
            [var one] => (one.Create(), one),
            _ => (new UndecidedDialect(Entries), null),
        };
        if (handshake.Subprotocol is { } chosen && chosen == BinarySubprotocol) dialect = new MessagePackDialect(dialect);
        return sessions.RunAsync(dialect, entry, wire, place, ((IWebSocketTarget)this).KindOf(credential), credential, handshake, road);
    }

    public static WebSocketTarget Of(DialectEntry entry) => new([entry], ForDialects with
    {
        TakesStrangers = entry.TakesStrangers,
        HelloBringsToken = entry.HelloBringsToken,
    });
}
