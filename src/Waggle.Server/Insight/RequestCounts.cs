using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Waggle.Server.Insight;

/// <summary>Counts the answered HTTP requests of the hub since its start. Thread-safe.</summary>
internal sealed class RequestCounts
{
    private long _requests;
    private long _errors;
    private long _ticks;

    public RequestFigures Read() => new(Interlocked.Read(ref _requests), Interlocked.Read(ref _errors), TimeSpan.FromTicks(Interlocked.Read(ref _ticks)));

    public void Count(int status, TimeSpan took)
    {
        Interlocked.Increment(ref _requests);
        if (status >= StatusCodes.Status500InternalServerError) Interlocked.Increment(ref _errors);
        Interlocked.Add(ref _ticks, took.Ticks);
    }
}

/// <param name="Errors">The number of requests that the hub answered with a status of 500 or more.</param>
/// <param name="Time">The time from the head of the requests to the end of their answers, in all.</param>
internal readonly record struct RequestFigures(long Requests, long Errors, TimeSpan Time);

internal static class RequestCounting
{
    /// <summary>
    /// Counts each request when it is answered. A WebSocket is no request in this sense; an event stream counts when it ends, without its time.
    /// </summary>
    public static void CountRequests(this IEndpointConventionBuilder endpoints, Func<RequestCounts> counts) => endpoints.Finally(endpoint =>
    {
        var next = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                await next(context);
            }
            catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
            {
                counts().Count(StatusCodes.Status500InternalServerError, Stopwatch.GetElapsedTime(began));
                throw;
            }

            var status = context.Response.StatusCode;
            if (status == StatusCodes.Status101SwitchingProtocols) return;
            var isStream = context.Response.ContentType == Api.EventStreaming.ContentType;
            counts().Count(status, isStream ? TimeSpan.Zero : Stopwatch.GetElapsedTime(began));
        };
    });
}
