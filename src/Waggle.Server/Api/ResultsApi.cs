using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Waggle.Core;
using Waggle.Core.Agents;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

/// <summary>
/// Serves results as contents of their own. A worker uploads one before the completion that names it; every client that may see the task can read it. Neither
/// direction holds a result in memory.
/// </summary>
internal static class ResultsApi
{
    /// <summary>The headers that prove a lease.</summary>
    public static IReadOnlyList<Parameter> LeaseHeaders { get; } =
    [
        new(ApiHeaders.Agent, "The agent that holds the lease."),
        new(ApiHeaders.Secret, "The agent's secret."),
        new(ApiHeaders.Attempt, "Of the lease.", "integer"),
        new(ApiHeaders.Token, "Of the lease.", "integer"),
    ];

    public static void MapResults(this RouteGroupBuilder api, Func<IBlobs?> blobs, long maxBytes)
    {
        api.Put(
            "/leases/{task}/result", call => UploadAsync(call, blobs(), maxBytes),
            new("uploadResult", "Uploads a result of any type and length up to the hub's limit. The reply is the result_ref for the completion; an unused "
                + "upload is kept for a day.")
            {
                Headers =
            [
                .. LeaseHeaders,
                new("Content-Type", "The media type of the result; the default is application/octet-stream."),
            ],
                TakesContent = true,
                Status = StatusCodes.Status201Created,
                Result = () => [RestJson.Default.ResultRef],
                Errors = [
                ErrorCodes.NotFound, ErrorCodes.StaleLease, ErrorCodes.AgentInUse, ErrorCodes.NotAnAgent, ErrorCodes.TooLarge, ErrorCodes.StoreFull,
                ErrorCodes.NotAvailable],
            });
        api.Get(
            "/leases/{task}/input", ReadInputAsync,
            new("readInput", "The whole input of a workflow's step, whose parts are too large for its assignment. input_refs names what is not filled in.")
            {
                Headers = [.. LeaseHeaders],
                Result = () => [HubJson.Default.TaskInput],
                Errors = [ErrorCodes.NotFound, ErrorCodes.StaleLease, ErrorCodes.AgentInUse, ErrorCodes.NotAnAgent],
            });
        api.Get(
            "/tasks/{task}/result", call => DownloadAsync(call, blobs()),
            new("readResult", "The result of a completed task, unchanged: JSON, or the media type that its worker set.")
            {
                Tagged = true,
                Headers = [new("Range", "The requested range.")],
                GivesContent = true,
                Also = [(StatusCodes.Status206PartialContent, "The requested range.")],
                Errors = [ErrorCodes.NotFound, ErrorCodes.BlobMissing],
            });
    }

    private static async Task UploadAsync(ApiCall call, IBlobs? blobs, long maxBytes)
    {
        if (blobs is null)
            throw new ApiFault(ErrorCodes.NotAvailable, "This hub stores no results outside its records: send the result itself in the completion.");
        var (lease, by) = await ProveAsync(call);
        await call.AskAsync(new CheckLease(lease) { By = by });

        var request = call.Http.Request;
        if (request.ContentLength > maxBytes) throw new BlobTooLargeException(maxBytes);
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        var blob = await blobs.WriteAsync(lease.Task, request.Body, maxBytes, call.Gone);
        var type = request.ContentType is { Length: > 0 } given ? given : "application/octet-stream";
        await call.AnswerAsync(new(new ResultRef(blob.Id, blob.Bytes, blob.Sha256, type), null, call.Hive.Head), StatusCodes.Status201Created);
    }

    private static async Task ReadInputAsync(ApiCall call)
    {
        var (lease, by) = await ProveAsync(call);
        await call.DoAsync(new ReadTaskInput(lease) { By = by });
    }

    /// <summary>Returns the lease that the headers prove, and its agent.</summary>
    public static async Task<(LeaseRef Lease, Principal By)> ProveAsync(ApiCall call)
    {
        var agent = Header(call, ApiHeaders.Agent);
        var lease = new LeaseRef(call.Route("task"), (int)Number(call, ApiHeaders.Attempt, int.MaxValue), Number(call, ApiHeaders.Token, long.MaxValue));
        await call.AskAsync(new ProveAgent(agent, Header(call, ApiHeaders.Secret)) { By = call.By });
        return (lease, call.By with { Subject = agent, Agent = agent });
    }

    private static async Task DownloadAsync(ApiCall call, IBlobs? blobs)
    {
        var outcome = await call.AskAsync(new ShowTask(call.Route("task")) { By = call.By });
        var task = outcome.Value!;
        if (task.State != TaskState.Completed)
            throw new ApiFault(ErrorCodes.NotFound, $"Task {task.Id} has no result: it is {SnakeCase.Of(task.State)}.");
        var (content, type, sha256) = task.ResultRef is { } named
            ? (await OpenAsync(call, blobs, task.Id, named), named.ContentType, named.Sha256)
            : (new MemoryStream(task.Result.Utf8.ToArray()), "application/json", Convert.ToHexStringLower(SHA256.HashData(task.Result.Utf8.Span)));
        var headers = call.Http.Response.Headers;
        headers[ApiHeaders.Position] = outcome.Head.ToString();
        headers.CacheControl = "no-cache";

        // A worker chose the type, so a browser must not run the content as a page of the hub.
        headers.ContentDisposition = "attachment";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        await Results.Stream(content, type, entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: HasByteRange(call.Http.Request))
            .ExecuteAsync(call.Http);
    }

    // RFC 9110 14.2: the server ignores an unknown unit, and a range with a method other than GET.
    private static bool HasByteRange(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Range is [{ } range] && range.TrimStart().StartsWith("bytes=", StringComparison.OrdinalIgnoreCase);

    private static async Task<Stream> OpenAsync(ApiCall call, IBlobs? blobs, string task, ResultRef named) =>
        (blobs is null ? null : await blobs.OpenAsync(named.Blob, call.Gone))
        ?? throw new ApiFault(
            ErrorCodes.BlobMissing,
            $"The result of task {task} ({named.Bytes} bytes, SHA-256 {named.Sha256}) is gone from the hub's disk: the file {named.Blob} is missing.");

    private static string Header(ApiCall call, string name) =>
        call.Http.Request.Headers[name] is [{ Length: > 0 } value]
            ? value
            : throw ApiFault.Invalid($"The header {name} is missing or there twice: it proves the lease.");

    private static long Number(ApiCall call, string name, long most) =>
        long.TryParse(Header(call, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw ApiFault.Invalid($"The header {name} is a whole number.");
}
