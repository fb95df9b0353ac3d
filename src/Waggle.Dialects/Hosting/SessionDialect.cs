using Waggle.Delivery;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// The current dialect of a session, with its entry, its periodic broadcasts and the client's name. It changes between two frames of the client, before any
/// subscription.
/// </summary>
internal sealed class SessionDialect(SessionHost host, HandshakeRequest handshake, Connection connection, Dialect dialect) : IDisposable
{
    private IDisposable? _broadcasts;
    private volatile bool _greeted;

    public Dialect Current { get; private set; } = dialect;

    /// <summary>The foreign dialect of the session; null for waggle.v1.</summary>
    public DialectEntry? Entry { get; private set; }

    /// <summary>The name that the client gave its software.</summary>
    public string? Client { get; set; }

    /// <summary>Whether the client needs no hello (any more).</summary>
    public bool IsGreeted => _greeted;

    public void Greet() => _greeted = true;

    /// <summary>Switches the session to a foreign dialect.</summary>
    public void Use(DialectEntry entry)
    {
        Entry = entry;
        Client = entry.Name;
        _broadcasts?.Dispose();
        _broadcasts = entry.Broadcasts.Count == 0 ? null : host.Broadcasts.Listen(entry.Broadcasts);
    }

    /// <summary>Adds the opening intents of the dialect for a connected client.</summary>
    public void Open(SessionCredential credential, List<Intent> intents)
    {
        var hive = host.Hive;
        var opening =
            new Opening(handshake, credential.Value, host.Authenticator.Required, host.Time.GetUtcNow, host.Hub, hive.Options.Hive, connection.Id, hive.Head)
            {
                StartedAt = host.StartedAt,
            };
        if (Current.Open(opening, intents)) Greet();
    }

    /// <summary>Switches to the dialect that the client's first frame has shown. The new dialect opens and reads that frame.</summary>
    public void Become(BecomeIntent become, SessionCredential credential, List<Intent> intents)
    {
        Current = become.Entry.Create();
        connection.Renderer = Current.Renderer;
        connection.FormOf = Current.FormOf;
        Use(become.Entry);
        var more = new List<Intent>();
        Open(credential, more);

        // The client already has its greeting.
        intents.AddRange(more.Where(i => i is not ReplyIntent));
        Current.Read(become.FirstWords.Span, credential.Principal, intents);
    }

    public void Dispose() => _broadcasts?.Dispose();
}
