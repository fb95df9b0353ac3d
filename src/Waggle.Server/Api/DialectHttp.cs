using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Dialects;
using Waggle.Dialects.Http;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

/// <summary>Answers one request to a dialect's HTTP, in the form of that dialect.</summary>
internal sealed class DialectHttp(IHive hive, TimeProvider time, DateTimeOffset startedAt, ILogger log)
{
    public async Task RunAsync(HttpContext context, DialectEntry entry, DialectRoute route)
    {
        Cors.Allow(context);
        DialectReply reply;
        Error? error = null;
        try
        {
            var body = HttpMethods.IsGet(route.Method) ? default : await ApiBodies.ReadAsync(context.Request, context.RequestAborted);
            reply = await route.Answer(RequestOf(context, route, body));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, so no answer can be sent.
            return;
        }
        catch (Exception e)
        {
            error = e is DialectException fault ? fault.Error : ApiHandler.ErrorOf(e, $"{entry.Name} {route.Pattern}", log);
            reply = entry.Fault(new DialectFault(ErrorStatus.Of(error.Code), error, time.GetUtcNow()));
        }

        await WriteAsync(context, reply, error?.RetryAfterMs);
    }

    public Task FailAsync(HttpContext context, DialectEntry entry, int status, Error error) =>
        WriteAsync(context, entry.Fault(new DialectFault(status, error, time.GetUtcNow())), error.RetryAfterMs);

    private static async Task WriteAsync(HttpContext context, DialectReply reply, long? retryAfterMs = null)
    {
        var response = context.Response;
        response.StatusCode = reply.Status;
        if (retryAfterMs is { } wait) response.Headers.RetryAfter = ((wait + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        if (reply.Body.IsEmpty) return;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.BodyWriter.WriteAsync(reply.Body, context.RequestAborted);
    }

    private DialectRequest RequestOf(HttpContext context, DialectRoute route, ReadOnlyMemory<byte> body) => new(
        hive,
        route.Open
            ? Core.Principal.Local(hive.Options.Hive, "anonymous") with { Permissions = new HashSet<string>(StringComparer.Ordinal) }
            : context.Credential().Principal!,
        time.GetUtcNow(),
        context.RequestAborted)
    {
        Route = name => (string)context.Request.RouteValues[name]!,
        Query = name => context.Request.Query[name] is { Count: > 0 } values ? values[^1] ?? "" : null,
        Body = body,
        Hub = Hub.Software,
        Uptime = time.GetUtcNow() - startedAt,
    };
}
