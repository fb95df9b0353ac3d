using System.Globalization;
using Waggle.Core.Ports;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>
/// A period of a rate limit and the assignments in it. It is stored with each assignment, so that a restart grants nothing twice, and deleted after its end.
/// </summary>
internal sealed record RateWindow
{
    public static EntityKind Entity { get; } = new("rate_window", ["swarm"]);

    public int V { get; init; } = 1;
    public required string Id { get; init; }

    /// <summary>The offset of the assignment that began the period.</summary>
    public required long Seq { get; init; }
    public required string Swarm { get; init; }
    public required string Key { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public required int Used { get; init; }

    public static string IdOf(string swarm, RateSpec rate) => string.Create(CultureInfo.InvariantCulture, $"{swarm}/{rate.PerMs}/{rate.Key}");

    public static EntityKey KeyOf(string id) => new(Entity.Name, id);
}
