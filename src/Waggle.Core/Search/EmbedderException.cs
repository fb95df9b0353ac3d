using System.Net;

namespace Waggle.Core.Search;

/// <summary>
/// The error of an embedder. Its message is for clients: the embedder's own message, which may name hosts of the hub's network and quote the service, is in the
/// inner exception, for the log.
/// </summary>
internal sealed class EmbedderException(string embedder, Exception inner)
    : Exception($"The embedder '{embedder}' failed: {ReasonOf(inner)}. The hub's log has the details.", inner)
{
    /// <summary>
    /// Whether the embedder answered that it takes no such text, so that the same call fails each time. A wrong key, model or address is no fault of the text.
    /// </summary>
    public bool RefusesText => InnerException is HttpRequestException
    {
        StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestUriTooLong or HttpStatusCode.UnprocessableEntity,
    };

    private static string ReasonOf(Exception inner) => inner switch
    {
        HttpRequestException { StatusCode: { } status } => $"its service answered with status {(int)status}",
        HttpRequestException => "its service returned no vectors",
        OperationCanceledException or TimeoutException => "it did not answer in time",
        _ => "it returned no vectors",
    };
}
