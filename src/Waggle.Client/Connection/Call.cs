using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>A request whose caller awaits the answer.</summary>
internal sealed class Call<T>(long number, ClientMessage message, bool repeatable, JsonTypeInfo<T>? type) : Request(number, message, repeatable)
{
    // Continuations must not run on the reading loop: a caller could block it.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Answer => _answer.Task;

    /// <summary>The generation of the connection that brought the answer.</summary>
    public int Generation { get; private set; }

    public override bool Abandoned => _answer.Task.IsCompleted;

    public void Cancel(CancellationToken cancel) => _answer.TrySetCanceled(cancel);

    public override void Answered(Reply reply, int generation)
    {
        Generation = generation;
        try
        {
            _answer.TrySetResult(type is null ? (T)(object)reply : JsonSerializer.Deserialize(reply.Result.Utf8.Span, type)!);
        }
        catch (JsonException e)
        {
            _answer.TrySetException(new WaggleException(ClientErrorCodes.Protocol, $"The answer to {Message.Type} could not be read: {e.Message}", inner: e));
        }
    }

    public override void Refused(ErrorMessage error) => _answer.TrySetException(Errors.From(error));

    public override void Failed(WaggleException reason) => _answer.TrySetException(reason);
}

internal static class Errors
{
    public static WaggleException From(ErrorMessage error) =>
        new(error.Code, error.Message, error.RetryAfterMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
}
