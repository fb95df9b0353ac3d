using Waggle.Core.Kernel;

namespace Waggle.Core.Runners;

/// <summary>The runners and spawns as a decision sees them.</summary>
internal interface IRunnersView
{
    IEnumerable<RunnerPresence> Runners { get; }

    RunnerPresence? Runner(string id);

    SpawnEntity? Spawn(string id);

    /// <summary>Returns the open spawn of an agent.</summary>
    SpawnEntity? SpawnOf(string agent);

    /// <summary>Returns the open spawns of a runner in the order of their requests.</summary>
    IEnumerable<SpawnEntity> SpawnsOn(string runner);

    /// <summary>Returns the open spawns of a role in a swarm.</summary>
    IEnumerable<SpawnEntity> SpawnsOf(string role, string swarm);

    /// <summary>The number of agents that a runner has, of all roles or of one.</summary>
    int CountOn(string runner, string? role = null);

    int CountOf(string user);

    /// <summary>Returns the number of agents that a user requested in the last minute, and the time at which the first of them no longer counts.</summary>
    (int Count, DateTimeOffset? Until) Recent(string user, DateTimeOffset now);

    /// <summary>Returns the time by which the runner must have answered, or the process must have said hello.</summary>
    DateTimeOffset? DeadlineOf(string spawn);
}

internal sealed class ReachableRunners(IRunnersView whole, Principal by) : IRunnersView
{
    public IEnumerable<RunnerPresence> Runners => whole.Runners;

    public RunnerPresence? Runner(string id) => whole.Runner(id);

    public SpawnEntity? Spawn(string id) => Reached(whole.Spawn(id));

    public SpawnEntity? SpawnOf(string agent) => Reached(whole.SpawnOf(agent));

    // The runner reports on the spawns that it was given, which are of its swarms.
    public IEnumerable<SpawnEntity> SpawnsOn(string runner) => whole.SpawnsOn(runner);

    public IEnumerable<SpawnEntity> SpawnsOf(string role, string swarm) => by.Reaches(swarm) ? whole.SpawnsOf(role, swarm) : [];

    public int CountOn(string runner, string? role = null) => whole.CountOn(runner, role);

    public int CountOf(string user) => whole.CountOf(user);

    public (int Count, DateTimeOffset? Until) Recent(string user, DateTimeOffset now) => whole.Recent(user, now);

    public DateTimeOffset? DeadlineOf(string spawn) => whole.DeadlineOf(spawn);

    private SpawnEntity? Reached(SpawnEntity? spawn) => spawn is not null && by.Reaches(spawn.Swarm) ? spawn : null;
}

internal static class RunnersViewExtensions
{
    extension(IHiveView view)
    {
        public IRunnersView OnRunners => view.View<IRunnersView>();
    }
}
