namespace Waggle.SocketIO;

/// <summary>
/// A refusal in words that the client may read. From a middleware of a namespace it becomes the client's <c>connect_error</c>; from a handler, the answer
/// <c>{"error": message, "data": …}</c> to whoever asked for one. The words of other exceptions stay on the server.
/// </summary>
public sealed class SocketIOException : Exception
{
    /// <summary>Refuses with these words.</summary>
    /// <param name="data">More about it, as JSON; JavaScript finds it in <c>err.data</c>.</param>
    public SocketIOException(string message, object? data = null, Exception? inner = null)
        : base(message, inner) => Details = data;

    /// <summary>More about it.</summary>
    public object? Details { get; }
}
