using Waggle.Core.Kernel;

namespace Waggle.Server;

/// <summary>The hub as code in the same process sees it. Thread-safe.</summary>
public interface IHub
{
    /// <summary>The hive, for commands and reads.</summary>
    IHive Hive { get; }

    /// <summary>Counts the clients that are connected at this moment.</summary>
    HubCounts Count();
}

/// <param name="Clients">The number of all clients: WebSockets, event streams, workers that wait over HTTP.</param>
/// <param name="Users">The number of those whose user is present, see presence.</param>
/// <param name="BySoftware">The numbers by the name of the client's software, foreign ones by the name of their dialect. Clients without a name are not counted
/// here.</param>
public sealed record HubCounts(int Clients, int Users, IReadOnlyDictionary<string, int> BySoftware);
