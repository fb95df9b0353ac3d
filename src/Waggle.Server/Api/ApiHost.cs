using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Server.AccessControl;

namespace Waggle.Server.Api;

/// <summary>The services of every endpoint of the REST API, as metadata of each endpoint.</summary>
/// <param name="Connections">Asked at a request, because the hub starts after its endpoints are mapped.</param>
/// <param name="Prefix">Before every path of the hub: empty, or one with a slash before it and none behind it.</param>
internal sealed record ApiHost(IHive Hive, Func<ConnectionLimiter> Connections, ILogger Log, string Prefix)
{
    /// <summary>Counts a request of a client. Returns the reason to refuse it, or null.</summary>
    public required Func<string, Error?> Limit { get; init; }
}
