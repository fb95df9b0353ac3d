namespace Waggle.Server.AccessControl;

/// <summary>The three counts of connections. A flood of one kind takes no place of another.</summary>
internal enum PlaceKind
{
    /// <summary>A client that may be here: it has shown a valid token, or none is needed.</summary>
    Client,

    /// <summary>A socket whose hello, which may bring the token, has still to come.</summary>
    AwaitingHello,

    /// <summary>A client without a valid token, where a dialect lets it stay for a while.</summary>
    Unauthenticated,
}
