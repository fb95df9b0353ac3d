using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Kernel;
using Waggle.Core.Schemas;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api.OpenApi;

/// <summary>Reports the HTTP API of this start to the hive, which compares it with that of the start before.</summary>
internal static class ApiOperations
{
    private const int HashBytes = 8;

    public static Task ReportAsync(IHive hive, EndpointDataSource endpoints, CancellationToken cancel)
    {
        var version = Hub.Software[(Hub.Software.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return hive.AskAsync(new ReportSchema(version, Hashes(Operations.In(endpoints))) { By = Core.Principal.Hub(hive.Options.Hive) }, cancel);
    }

    /// <summary>
    /// Returns a hash of each operation: its id, its parameters, and the form of its request and answer. The fields of bodies are not compared, because that
    /// would load the types of all bodies at each start.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Hashes(IEnumerable<(string Method, string Path, Operation Operation)> operations)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (method, path, operation) in operations)
        {
            if (method == "HEAD") continue;
            var text = string.Join(
                '\n',
                [
                    operation.Id, $"{operation.Status} {operation.BodyOptional} {operation.TakesContent} {operation.GivesContent} {operation.EventStream}",
                    .. operation.Query.Select(p => $"{p.Name} {p.Type} {p.Many} {p.Required}"), .. operation.Headers.Select(h => h.Name),
                ]);
            hashes[$"{method} {path}"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));
        }

        return hashes;
    }
}
