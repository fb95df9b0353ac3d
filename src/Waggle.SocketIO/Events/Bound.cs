using System.Text.Json;

namespace Waggle.SocketIO.Events;

/// <summary>Adapts typed handlers to raw ones: reads the arguments as the types of the handler's parameters.</summary>
internal static class Bound
{
    /// <summary>Returns an argument, or the event itself if the parameter is one.</summary>
    /// <exception cref="SocketIOException">The argument cannot be read as <typeparamref name="T"/>.</exception>
    public static T Arg<T>(this SocketEvent received, int index)
    {
        if (typeof(T) == typeof(SocketEvent)) return (T)(object)received;
        try
        {
            return received.Args.Get<T>(index)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException)
        {
            throw new SocketIOException($"Argument {index + 1} of \"{received.Name}\" cannot be read as {typeof(T).Name}.", inner: e);
        }
    }

    /// <summary>Acknowledges the event with the result of the handler.</summary>
    public static async Task AnswerAsync<TResult>(this SocketEvent received, Task<TResult> result) => received.Ack(await result);
}
