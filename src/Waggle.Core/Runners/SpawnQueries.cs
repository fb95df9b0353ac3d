using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Runners;

/// <summary>The runners that take requests for swarms that the principal reaches, with their templates, by id.</summary>
public sealed record ListRunners : Command<RunnerPage>
{
    public override string Right => Permissions.ReadAgents;

    public override Decision<RunnerPage> Decide(IHiveView view, in DecisionContext context)
    {
        var runners = view.OnRunners;
        var reached = runners.Runners.Where(r => By.Swarms is null || r.Swarms?.Overlaps(By.Swarms) != false).OrderBy(r => r.Id, StringComparer.Ordinal);
        return Decision.Of(new RunnerPage([.. reached.Select(r => SpawnViews.Of(r, runners))]));
    }
}

public sealed record ShowSpawn(string Spawn) : Command<SpawnView>
{
    public override string Right => Permissions.ReadAgents;

    public override Error? Malformed() => Ids.IsValid(Spawn) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("spawn", Spawn));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.OnRunners.Spawn(Spawn) is null) keys.Add(SpawnEntity.KeyOf(Spawn));
    }

    public override Decision<SpawnView> Decide(IHiveView view, in DecisionContext context) =>
        view.OnRunners.Spawn(Spawn) is { } spawn ? Decision.Of(SpawnViews.Of(spawn)) : SpawnViews.Missing(Spawn);
}

/// <summary>Lists the spawned agents of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListSpawns(string? Swarm = null, string? Runner = null, SpawnState? State = null, string? Cursor = null, int Limit = 100)
    : Query<SpawnPage>
{
    internal override async Task<Outcome<SpawnPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadAgents, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (Runner is not null) equal["runner"] = [Runner];
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(SpawnEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, RunnerFeature.Spawns, null, cancel);
        return new(new SpawnPage([.. found.Select(SpawnViews.Of)], next), null, at);
    }
}
