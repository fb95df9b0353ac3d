namespace Waggle.Server.AccessControl;

/// <summary>The kinds of places, each with its own count. A flood of one kind takes no place of another.</summary>
internal enum PlaceKind
{
    /// <summary>A client that has sent a valid token, or that needs none.</summary>
    Client,

    /// <summary>A socket whose hello, which may bring the token, has not arrived yet.</summary>
    AwaitingHello,

    /// <summary>A client without a valid token that a dialect admits for a while.</summary>
    Unauthenticated,
}
