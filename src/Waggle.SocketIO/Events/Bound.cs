using System.Text.Json;

namespace Waggle.SocketIO.Events;

/// <summary>Typed handlers as raw ones: the arguments are read into the types that the handler asks for.</summary>
internal static class Bound
{
    public static T Arg<T>(this SocketEvent told, int index)
    {
        if (typeof(T) == typeof(SocketEvent)) return (T)(object)told;
        try
        {
            return told.Args.Get<T>(index)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException)
        {
            throw new SocketIOException($"Argument {index + 1} of \"{told.Name}\" cannot be read as {typeof(T).Name}.", inner: e);
        }
    }

    /// <summary>What the handler gives back is the answer.</summary>
    public static async Task AnswerAsync<TResult>(this SocketEvent told, Task<TResult> result) => told.Ack(await result);
}
