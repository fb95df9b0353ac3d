using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>Computes a swarm's next value from a record.</summary>
internal static class SwarmEvolver
{
    public static SwarmEntity Create(SwarmCreated r, long offset, DateTimeOffset at) => new() { Id = r.SwarmId, Seq = offset, Name = r.Name, CreatedAt = at };

    public static SwarmEntity Evolve(SwarmEntity swarm, SwarmStateChanged r, long offset, DateTimeOffset at) => swarm with
    {
        State = r.State,
        StateSince = at,
        StateBy = r.ChangedBy,
        CancelBelow = r.State == SwarmState.Stopped ? offset : swarm.CancelBelow,
    };
}
