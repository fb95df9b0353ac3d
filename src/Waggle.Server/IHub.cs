using Waggle.Core.Hives;

namespace Waggle.Server;

/// <summary>The hub as code in the same process sees it. Thread-safe.</summary>
public interface IHub
{
    /// <summary>Commands and reads.</summary>
    IHive Hive { get; }

    /// <summary>Who is connected at this moment.</summary>
    HubCounts Count();
}

/// <param name="Clients">All of them: WebSockets, event streams, workers that wait over HTTP.</param>
/// <param name="Users">Those of them whose user is here, see presence.</param>
/// <param name="BySoftware">By what they call themselves, foreign ones by the name of their dialect; those that do not say are left out.</param>
public sealed record HubCounts(int Clients, int Users, IReadOnlyDictionary<string, int> BySoftware);
