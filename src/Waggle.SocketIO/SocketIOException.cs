namespace Waggle.SocketIO;

/// <summary>
/// An error whose message the client may read. Thrown by a middleware of a namespace, it rejects the client with a <c>connect_error</c>. Thrown by a handler
/// or a middleware of a socket, it is sent as <c>{"error": message, "data": …}</c> if the client requested an acknowledgement. The messages of other
/// exceptions stay on the server.
/// </summary>
public sealed class SocketIOException : Exception
{
    /// <summary>Creates an error with a message for the client.</summary>
    /// <param name="data">Details, which are sent as JSON; JavaScript receives them as <c>err.data</c>. Null for none.</param>
    public SocketIOException(string message, object? data = null, Exception? inner = null)
        : base(message, inner) => Details = data;

    /// <summary>Gets the details of the error; null if there are none.</summary>
    public object? Details { get; }
}
