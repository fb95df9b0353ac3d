using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

/// <summary>The part that all endpoints share: the check of the parameters and the form of errors.</summary>
internal static partial class ApiHandler
{
    public static async Task RunAsync(HttpContext context, Func<ApiCall, Task> handler, Operation operation)
    {
        var host = context.GetEndpoint()!.Metadata.GetMetadata<ApiHost>()!;
        try
        {
            Cors.Allow(context);
            if (Exceeds(context, host) is { } refusal)
            {
                await ApiAnswers.FailAsync(context, refusal);
                return;
            }

            CheckQuery(context, operation);
            await handler(new ApiCall(context, host, operation));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, so no answer can be sent.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await ApiAnswers.FailAsync(context, ErrorOf(e, operation.Id, host.Log));
        }
    }

    // Without tokens, the principal of a client is its address.
    private static Error? Exceeds(HttpContext context, ApiHost host) =>
        context.Features.Get<Credential>()?.Principal is { } by ? host.Limit($"rest {by.User}") : null;

    // As in bodies, a misspelt filter that the hub ignored would give a wrong answer.
    private static void CheckQuery(HttpContext context, Operation operation)
    {
        foreach (var name in context.Request.Query.Keys)
        {
            if (operation.Query.Any(p => p.Name == name)) continue;
            var known = operation.Query.Count == 0 ? "none" : string.Join(", ", operation.Query.Select(p => p.Name));
            throw ApiFault.Invalid($"unknown parameter '{PlainText.Clip(name, 40)}'; there are: {known}.");
        }
    }

    internal static Error ErrorOf(Exception e, string operation, ILogger log)
    {
        switch (e)
        {
            case ApiFault fault:
                return fault.Error;
            case BlobTooLargeException blob:
                return new Error(ErrorCodes.TooLarge, blob.Message);
            case StoreFullException full:
                LogStoreFailed(log, operation, full);
                return new Error(ErrorCodes.StoreFull, $"The hub has no space for it: {full.ForClients}", 1000);
            case StoreException store:
                LogStoreFailed(log, operation, store);
                return new Error(ErrorCodes.StoreUnavailable, $"The hub could not read its store: {store.ForClients}", 1000);
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return new Error(ErrorStatus.RequestTimeout, "The body came too slowly.");
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new Error(ErrorCodes.TooLarge, $"A body has at most {Limits.MaxMessageBytes} bytes.");
            case BadHttpRequestException bad:
                return new Error(ErrorCodes.MalformedMessage, bad.Message);
            default:
                var id = RandomId.Hex(4);
                LogFault(log, operation, id, e);
                return new Error(ErrorCodes.Internal, $"An internal error occurred (see the hub's log, id {id}).");
        }
    }

    [LoggerMessage(20, LogLevel.Error, "{Operation} failed ({Id}).")]
    private static partial void LogFault(ILogger logger, string operation, string id, Exception e);

    [LoggerMessage(21, LogLevel.Error, "The store could not answer {Operation}.")]
    private static partial void LogStoreFailed(ILogger logger, string operation, Exception e);
}
