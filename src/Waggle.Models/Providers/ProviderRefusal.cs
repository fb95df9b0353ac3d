namespace Waggle.Models.Providers;

/// <summary>
/// The provider answered with an HTTP status that is no success. It is thrown below the libraries, which differ in what they keep of such an answer.
/// </summary>
internal sealed class ProviderRefusal(int status, string message, TimeSpan? retryAfter) : Exception(message)
{
    public int Status => status;

    /// <summary>The time that the provider names until the next request; null if it names none.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
