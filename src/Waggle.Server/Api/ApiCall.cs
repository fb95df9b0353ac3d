using System.Globalization;
using Microsoft.AspNetCore.Http;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

/// <summary>One request to the REST API and the hub that answers it.</summary>
internal sealed class ApiCall(HttpContext http, ApiHost host, Operation operation)
{
    public HttpContext Http => http;

    public IHive Hive => host.Hive;

    public Operation Operation => operation;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Gone => http.RequestAborted;

    public string Remote => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    public Ingress Road => new("pipe", http.Request.IsHttps, Remote);

    /// <summary>The principal of the caller.</summary>
    /// <exception cref="ApiFault">The token was revoked while its request was read.</exception>
    public Principal By => Hive.Revoked.Contains(Credential.Principal!.TokenId)
        ? throw new ApiFault(ErrorCodes.Unauthenticated, "The token was revoked. Use another token.")
        : Credential.Principal;

    public Credential Credential => http.Credential();

    /// <summary>Returns the path of a resource of the API, as a client reaches it.</summary>
    public string At(string path) => $"{http.Request.PathBase}{host.Prefix}{ApiRoutes.Prefix}{path}";

    public string Route(string name) => (string)http.Request.RouteValues[name]!;

    /// <summary>
    /// Returns a parameter; null if it is absent. An empty parameter is not absent, because a shell's variable without a value would then select everything.
    /// </summary>
    public string? Query(string name)
    {
        var values = http.Request.Query[name];
        return values.Count > 1 ? throw ApiFault.Invalid($"{name} is given once.") : values.Count == 0 ? null : values[0] ?? "";
    }

    /// <summary>Returns the values of a parameter that may occur more than once, or with commas.</summary>
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

    /// <summary>Runs work that takes time for its client and so needs a place.</summary>
    /// <exception cref="ApiFault">There is no place.</exception>
    public async Task WithPlaceAsync(Func<Task> work)
    {
        var (remote, connections) = (http.Connection.RemoteIpAddress, host.Connections());
        if (connections.Take(remote) is { } refusal) throw new ApiFault(refusal);
        try
        {
            await work();
        }
        finally
        {
            connections.Leave(remote);
        }
    }

    /// <summary>Sends a command to the hive and answers with its outcome.</summary>
    public async Task DoAsync<T>(Command<T> command, int status = StatusCodes.Status200OK) => await this.AnswerAsync(await AskAsync(command), status);

    /// <summary>Sends a command to the hive as a part of an endpoint's work.</summary>
    /// <exception cref="ApiFault">The hive refused the command.</exception>
    public async Task<Outcome<T>> AskAsync<T>(Command<T> command)
    {
        var outcome = await host.Hive.AskAsync(command, Gone);
        return outcome.Error is { } error ? throw new ApiFault(error) : outcome;
    }

    /// <summary>Queries the store and answers with the result.</summary>
    public async Task DoAsync<T>(Query<T> query) => await this.AnswerAsync(await host.Hive.QueryAsync(query, Gone));
}
