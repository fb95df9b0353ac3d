using System.Net;

namespace Waggle.Core.Search;

/// <summary>The error of an embedder, with a message for clients.</summary>
internal sealed class EmbedderException(string message, Exception inner) : Exception(message, inner)
{
    /// <summary>
    /// Whether the embedder answered that it takes no such text, so that the same call fails each time. A key, a model or an address that is wrong is no fault of
    /// the text.
    /// </summary>
    public bool RefusesText => InnerException is HttpRequestException
    {
        StatusCode: HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestUriTooLong or HttpStatusCode.UnprocessableEntity,
    };
}
