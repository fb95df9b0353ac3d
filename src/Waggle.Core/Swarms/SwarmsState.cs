using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Swarms;

/// <summary>The swarms as a decision sees them.</summary>
internal interface ISwarmView
{
    SwarmEntity? Swarm(string id);

    IEnumerable<SwarmEntity> Swarms { get; }
}

internal sealed class SwarmsState : FeatureState, ISwarmView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<SwarmEntity> _swarms;

    public SwarmsState(HiveContext hive)
    {
        _hive = hive;
        _swarms = hive.Table(SwarmFeature.Swarms);
        hive.On<SwarmCreated>((r, offset, at) => _swarms.Put(SwarmEvolver.Create(r, offset, at)));
        hive.On<SwarmStateChanged>(Change);
        hive.On<SwarmQuotaSet>((r, _, _) => _swarms.Put(_swarms[r.SwarmId]! with { Quota = r.Quota }));
        hive.Views.Add<ISwarmView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public IEnumerable<SwarmEntity> Swarms => _swarms.Open;

    public SwarmEntity? Swarm(string id) => _swarms[id];

    public override Command? First() => Swarm(SwarmEntity.DefaultId) is null ? new CreateSwarm("Default", SwarmEntity.DefaultId) { By = _hive.Hub } : null;

    // A stop that was not finished continues.
    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var swarm in _swarms.Open)
        {
            if (swarm.CancelBelow is not null) _hive.Timers.Set(swarm.Key, DateTimeOffset.MinValue);
        }
    }

    private void Change(SwarmStateChanged record, long offset, DateTimeOffset at)
    {
        var swarm = SwarmEvolver.Evolve(_swarms[record.SwarmId]!, record, offset, at);
        _swarms.Put(swarm);
        if (record.State == SwarmState.Stopped) _hive.Timers.Set(swarm.Key, at);
    }

    private sealed class Reachable(ISwarmView whole, Principal by) : ISwarmView
    {
        public IEnumerable<SwarmEntity> Swarms => whole.Swarms.Where(s => by.Reaches(s.Id));

        public SwarmEntity? Swarm(string id) => by.Reaches(id) ? whole.Swarm(id) : null;
    }
}

internal static class SwarmViewExtensions
{
    extension(IHiveView view)
    {
        public IEnumerable<SwarmEntity> Swarms => view.View<ISwarmView>().Swarms;

        public SwarmEntity? Swarm(string id) => view.View<ISwarmView>().Swarm(id);
    }
}
