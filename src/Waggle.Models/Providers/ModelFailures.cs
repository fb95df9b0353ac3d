using System.Globalization;
using System.Net;
using Waggle.Agents;
using Waggle.Agents.Models;
using Waggle.Client;

namespace Waggle.Models.Providers;

/// <summary>What an exception of a request to the model means for the task.</summary>
internal static class ModelFailures
{
    // A provider that refuses for a while and does not say how long.
    private static readonly TimeSpan StandardLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StandardOutage = TimeSpan.FromSeconds(10);

    /// <param name="key">The key, which no message may repeat.</param>
    public static Exception Of(Exception e, string? key)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is ProviderRefusal refusal) return Of(refusal);
            if (cause is HttpRequestException or IOException)
                return new TaskFailedException(ModelCodes.Unreachable, Clean(cause.Message, key), retryable: true, StandardOutage);
        }

        return new TaskFailedException(ModelCodes.Fault, $"{e.GetType().Name}: {Clean(e.Message, key)}");
    }

    private static Exception Of(ProviderRefusal refusal)
    {
        if (refusal.Status == (int)HttpStatusCode.Unauthorized) return new ModelRejectedException(refusal.Message, refusal);
        if (refusal.Status == (int)HttpStatusCode.TooManyRequests)
            return new TaskFailedException(AgentCodes.RateLimited, refusal.Message, retryable: true, refusal.RetryAfter ?? StandardLimit);
        var code = ModelCodes.Status + refusal.Status.ToString(CultureInfo.InvariantCulture);
        if (refusal.Status >= 500) return new TaskFailedException(code, refusal.Message, retryable: true, refusal.RetryAfter ?? StandardOutage);
        return new TaskFailedException(code, refusal.Message, retryable: refusal.Status is 408 or 409, refusal.RetryAfter);
    }

    private static string Clean(string text, string? key) => key is null ? text : text.Replace(key, "[key]", StringComparison.Ordinal);
}
