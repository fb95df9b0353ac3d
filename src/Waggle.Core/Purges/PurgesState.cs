using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

internal interface IPurgeView
{
    /// <summary>A purge that has not ended, or that the command fetched.</summary>
    PurgeEntity? Purge(string id);

    IReadOnlyCollection<PurgeEntity> OpenPurges { get; }
}

/// <summary>The purges of a hive. Only the owner's loop uses it.</summary>
internal sealed class PurgesState : FeatureState, IPurgeView
{
    private readonly EntityTable<PurgeEntity> _purges;
    private readonly PurgeMetrics _metrics;

    public PurgesState(HiveContext hive)
    {
        _metrics = PurgeMetrics.Of(hive.Metrics);
        _purges = hive.Table(PurgeFeature.Purges);
        hive.On<PurgeStarted>((r, offset, at) => _purges.Put(Create(r, offset, at)));
        hive.On<PurgeProgressed>((r, _, _) => _purges.Put(_purges[r.Purge]! with { Progress = r.Progress }));
        hive.On<PurgeEnded>((r, _, at) => _purges.Put(_purges[r.Purge]! with { Progress = r.Progress, EndedAt = at }));
        hive.Views.Add<IPurgeView>(this, static (whole, _, _) => whole);
    }

    public IReadOnlyCollection<PurgeEntity> OpenPurges => _purges.Open;

    public PurgeEntity? Purge(string id) => _purges[id];

    public static PurgeEntity Create(PurgeStarted r, long offset, DateTimeOffset at) => new()
    {
        Id = r.Purge,
        Seq = offset,
        Spec = r.Spec,
        Author = r.StartedBy,
        Progress = new(PurgeStep.Tasks, null, new(0, 0, 0, 0), 0, 0, 0, null),
        StartedAt = at,
    };

    public override void Report(in TurnReport turn) => _metrics.Report(turn, _purges.OpenCount);
}

internal static class PurgeViewExtensions
{
    extension(IHiveView view)
    {
        public PurgeEntity? Purge(string id) => view.View<IPurgeView>().Purge(id);

        public IReadOnlyCollection<PurgeEntity> OpenPurges => view.View<IPurgeView>().OpenPurges;
    }
}
