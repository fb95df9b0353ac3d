using Waggle.Delivery;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// The dialect that a session speaks now, and what goes with it: its entry, its periodic broadcasts, the name of the client. Changed between two frames of
/// the client, before any subscription.
/// </summary>
internal sealed class SessionDialect(SessionHost host, HandshakeRequest handshake, Connection connection, Dialect dialect) : IDisposable
{
    private IDisposable? _broadcasts;
    private volatile bool _greeted;

    public Dialect Current { get; private set; } = dialect;

    /// <summary>The foreign dialect that it speaks; null: waggle.v1.</summary>
    public DialectEntry? Entry { get; private set; }

    /// <summary>The name that the client gave its software.</summary>
    public string? Client { get; set; }

    /// <summary>Whether the client needs no hello any more.</summary>
    public bool IsGreeted => _greeted;

    public void Greet() => _greeted = true;

    /// <summary>The session speaks a foreign dialect from here on.</summary>
    public void Use(DialectEntry entry)
    {
        Entry = entry;
        Client = entry.Name;
        _broadcasts?.Dispose();
        _broadcasts = entry.Broadcasts.Count == 0 ? null : host.Broadcasts.Listen(entry.Broadcasts);
    }

    /// <summary>The client is connected: what the dialect opens with is added to the intents.</summary>
    public void Open(SessionCredential credential, List<Intent> intents)
    {
        var hive = host.Hive;
        var opening =
            new Opening(handshake, credential.Value, host.Authenticator.Required, host.Time.GetUtcNow, host.Hub, hive.Options.Hive, connection.Id, hive.Head);
        if (Current.Open(opening, intents)) Greet();
    }

    /// <summary>The client has shown which dialect it speaks: that one opens, and reads what the client said first.</summary>
    public void Become(BecomeIntent become, SessionCredential credential, List<Intent> intents)
    {
        Current = become.Entry.Create();
        connection.Renderer = Current.Renderer;
        Use(become.Entry);
        var more = new List<Intent>();
        Open(credential, more);

        // It has been greeted.
        intents.AddRange(more.Where(i => i is not ReplyIntent));
        Current.Read(become.FirstWords.Span, credential.Principal, intents);
    }

    public void Dispose() => _broadcasts?.Dispose();
}
