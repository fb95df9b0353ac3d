using System.Globalization;
using Microsoft.AspNetCore.Http;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

/// <summary>One request to the REST API and the hub that answers it.</summary>
internal sealed class ApiCall(HttpContext http, Hub hub, Operation operation)
{
    public HttpContext Http => http;

    public Hub Hub => hub;

    public Operation Operation => operation;

    /// <summary>The client is gone.</summary>
    public CancellationToken Gone => http.RequestAborted;

    public string Remote => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    public Ingress Road => new("pipe", http.Request.IsHttps, Remote);

    public Principal By => Credential.Principal!;

    public Credential Credential => http.Credential();

    /// <summary>Where a client finds something of the API.</summary>
    public string At(string path) => $"{http.Request.PathBase}{http.GetEndpoint()!.Metadata.GetMetadata<HubService>()!.Prefix}{ApiRoutes.Prefix}{path}";

    public string Route(string name) => (string)http.Request.RouteValues[name]!;

    /// <summary>Null: it was not given. What was given empty is not that: a shell's variable without a value would ask for everything.</summary>
    public string? Query(string name)
    {
        var values = http.Request.Query[name];
        return values.Count > 1 ? throw ApiFault.Invalid($"{name} is given once.") : values.Count == 0 ? null : values[0] ?? "";
    }

    /// <summary>A parameter that may be given more than once, or with commas.</summary>
    public IReadOnlyList<string> QueryAll(string name) =>
        [.. http.Request.Query[name].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries))];

    public int? QueryNumber(string name)
    {
        if (Query(name) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiFault.Invalid($"{name} is a whole number.");
    }

    public static Position? PositionOf(string? text, string name)
    {
        if (text is null) return null;
        return Position.TryParse(text, out var position) ? position : throw ApiFault.Invalid($"{name} is a position EPOCH:OFFSET such as 3:1842.");
    }

    /// <summary>Does what takes time for its client and so needs a place.</summary>
    /// <exception cref="ApiFault">There is none.</exception>
    public async Task WithPlaceAsync(Func<Task> work)
    {
        var remote = http.Connection.RemoteIpAddress;
        if (hub.ConnectionLimiter.Take(remote) is { } refusal) throw new ApiFault(refusal);
        try
        {
            await work();
        }
        finally
        {
            hub.ConnectionLimiter.Leave(remote);
        }
    }

    /// <summary>Has the hive decide a command and answers with what it says.</summary>
    public async Task DoAsync<T>(Command<T> command, int status = StatusCodes.Status200OK) => await this.AnswerAsync(await AskAsync(command), status);

    /// <summary>The same for a part of what an endpoint does.</summary>
    /// <exception cref="ApiFault">It was refused.</exception>
    public async Task<Outcome<T>> AskAsync<T>(Command<T> command)
    {
        var outcome = await hub.Hive.AskAsync(command, Gone);
        return outcome.Error is { } error ? throw new ApiFault(error) : outcome;
    }

    /// <summary>Has the store answer a query, and answers with it.</summary>
    public async Task DoAsync<T>(Query<T> query) => await this.AnswerAsync(await hub.Hive.QueryAsync(query, Gone));
}
