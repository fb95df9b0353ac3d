using Microsoft.AspNetCore.Routing;
using Waggle.Core.Kernel;
using Waggle.Core.Schemas;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api.OpenApi;

/// <summary>Reports the HTTP API of this start to the hive, which compares it with that of the start before.</summary>
internal static class ApiOperations
{
    public static Task ReportAsync(IHive hive, EndpointDataSource endpoints, CancellationToken cancel)
    {
        var version = Hub.Software[(Hub.Software.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return hive.AskAsync(new ReportSchema(version, Describe(Operations.In(endpoints))) { By = Core.Principal.Hub(hive.Options.Hive) }, cancel);
    }

    /// <summary>
    /// Returns a description of each operation: its id, its parameters, and the form of its request and answer. The fields of bodies are not compared, because
    /// that would load the types of all bodies at each start. It is no hash, because the base library's hashes load OpenSSL, which costs an idle hub 6 MB.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Describe(IEnumerable<(string Method, string Path, Operation Operation)> operations)
    {
        var described = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (method, path, operation) in operations)
        {
            if (method == "HEAD") continue;
            described[$"{method} {path}"] = string.Join(
                '\n',
                [
                    operation.Id, $"{operation.Status} {operation.BodyOptional} {operation.TakesContent} {operation.GivesContent} {operation.EventStream}",
                    .. operation.Query.Select(p => $"{p.Name} {p.Type} {p.Many} {p.Required}"), .. operation.Headers.Select(h => h.Name),
                ]);
        }

        return described;
    }
}
