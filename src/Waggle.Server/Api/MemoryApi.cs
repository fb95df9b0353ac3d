using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Memory;
using Waggle.Core.Search;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Server.Http;

namespace Waggle.Server.Api;

internal static class MemoryApi
{
    private const string Namespaces = "/memory";
    private const string Entries = $"{Namespaces}/{{namespace}}";
    private const string Search = $"{Namespaces}/search";
    private const string Entry = $"{Entries}/{{key}}";

    private static readonly Parameter Swarm = new("swarm", "The swarm that the namespace belongs to; left out: it is shared by the whole hive.");
    private static readonly Parameter Cursor = new("cursor", "The cursor of the previous page.");
    private static readonly Parameter Limit = new("limit", $"1 to {Limits.MaxPageSize}; 100 if left out.", "integer");

    private static readonly Parameter IdempotencyKey = new(
        ApiHeaders.IdempotencyKey, "A repeated put of the same caller with the same key changes nothing and gets the first answer, for at least a day.");

    public static void MapMemory(this RouteGroupBuilder api)
    {
        api.Put(Entry, PutAsync, new("putMemory", "Puts a value under a namespace and a key, in place of what was there.")
        {
            Query = [Swarm],
            Headers = [IdempotencyKey],
            Body = () => [RestClientJson.Default.MemoryBody],
            Result = () => [HubJson.Default.MemoryEntryView],
            Also = [(StatusCodes.Status201Created, "The entry is new.")],
            Errors = [
                ErrorCodes.NotFound, ErrorCodes.VersionConflict, ErrorCodes.IdempotencyConflict, ErrorCodes.QuotaExceeded, ErrorCodes.TooLarge,
                ErrorCodes.StoreFull],
        });
        api.Get(Entry, GetAsync, new("getMemory", "One entry with its value.")
        {
            Tagged = true,
            Query = [Swarm],
            Result = () => [HubJson.Default.MemoryView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.BlobMissing],
        });
        api.Delete(Entry, DeleteAsync, new("deleteMemory", "Deletes an entry; the reply is the entry that was deleted.")
        {
            Query = [Swarm, new("if_version", "The version that the entry must have now; left out: any.", "integer")],
            Result = () => [HubJson.Default.MemoryEntryView],
            Errors = [ErrorCodes.NotFound, ErrorCodes.VersionConflict],
        });
        api.Get(Entries, ListAsync, new("listMemory", "The entries of a namespace without their values, by key, in pages.")
        {
            Tagged = true,
            Query = [Swarm, new("prefix", "Only keys that begin so."), Cursor, Limit],
            Result = () => [HubJson.Default.MemoryPage],
        });
        api.Post(Search, SearchAsync, new("searchMemory", "Entries that match a text or a vector, best first.")
        {
            Body = () => [RestClientJson.Default.MemorySearchBody],
            Result = () => [HubJson.Default.MemorySearchResult],
            Errors = [ErrorCodes.EmbedderFailed, ErrorCodes.NotAvailable],
        });
        api.Get(Namespaces, NamespacesAsync, new("listMemoryNamespaces", "The memory namespaces that the caller reaches, with their sizes, in pages.")
        {
            Tagged = true,
            Query = [new("swarm", "Only of this swarm."), Cursor, Limit],
            Result = () => [HubJson.Default.MemoryNamespacePage],
        });
    }

    private static async Task PutAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.MemoryBody);
        var put = new PutMemory(call.Route("namespace"), call.Route("key"), body.Value, call.Query("swarm"), body.IfVersion, PutMemory.After(body.TtlMs))
        {
            By = call.By,
            Metadata = body.Metadata,
            IdempotencyKey = TaskCreation.KeyOf(call),
        };
        var outcome = await call.AskAsync(put);
        await call.AnswerAsync(outcome, outcome.Value is { Created: true, Duplicate: false } ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static Task GetAsync(ApiCall call) =>
        call.DoAsync(new GetMemory(call.Route("namespace"), call.Route("key"), call.Query("swarm")) { By = call.By });

    private static Task DeleteAsync(ApiCall call) =>
        call.DoAsync(new DeleteMemory(call.Route("namespace"), call.Route("key"), call.Query("swarm"), VersionOf(call)) { By = call.By });

    private static Task ListAsync(ApiCall call) => call.DoAsync(
        new ListMemory(call.Route("namespace"), call.Query("prefix"), call.Query("swarm"), call.Query("cursor"), call.QueryNumber("limit") ?? 100)
        {
            By = call.By,
        });

    private static async Task SearchAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.MemorySearchBody);
        await call.DoAsync(new SearchMemory(body.Query)
        {
            By = call.By,
            Vector = body.Vector,
            Namespace = body.Namespace,
            Swarm = body.Swarm,
            Prefix = body.Prefix,
            Limit = body.Limit ?? SearchMemory.StandardLimit,
            Threshold = body.Threshold,
            Mode = body.Mode,
        });
    }

    private static Task NamespacesAsync(ApiCall call) =>
        call.DoAsync(new ListMemoryNamespaces(call.Query("swarm"), call.Query("cursor"), call.QueryNumber("limit") ?? 100) { By = call.By });

    private static long? VersionOf(ApiCall call)
    {
        if (call.Query("if_version") is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw ApiFault.Invalid("if_version is the version of an entry, a whole number.");
    }
}

internal sealed record MemoryBody
{
    /// <summary>Any JSON, null among it.</summary>
    public required RawJson Value { get; init; }

    /// <summary>The version that the entry must have now; 0 requires that there is none. The default replaces any version.</summary>
    public long? IfVersion { get; init; }

    /// <summary>The entry ends after so many milliseconds. Left out: never.</summary>
    public long? TtlMs { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}

internal sealed record MemorySearchBody
{
    /// <summary>The text to search for, at most 4,000 characters. Left out: a vector is required.</summary>
    public string? Query { get; init; }

    /// <summary>The vector to search for, of the embedder's length. Left out: that of the query.</summary>
    public IReadOnlyList<float>? Vector { get; init; }

    /// <summary>Only this namespace. Left out: all that the caller reaches.</summary>
    public string? Namespace { get; init; }

    /// <summary>The swarm of the namespace; without a namespace, only the namespaces of this swarm.</summary>
    public string? Swarm { get; init; }

    /// <summary>Only keys of the namespace that begin so.</summary>
    public string? Prefix { get; init; }

    /// <summary>1 to 100, default 10.</summary>
    public int? Limit { get; init; }

    /// <summary>The least cosine of a result, 0 to 1. Left out: none.</summary>
    public double? Threshold { get; init; }

    /// <summary>lexical, vector or hybrid. Left out: hybrid, or vector without a query.</summary>
    public MemorySearchMode? Mode { get; init; }
}
