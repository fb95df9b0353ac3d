using Waggle.Core.Kernel;

namespace Waggle.Core.Bulk;

internal interface IBulkView
{
    /// <summary>A bulk that has not ended, or that the command fetched.</summary>
    BulkEntity? Bulk(string id);

    int OpenCount { get; }

    /// <summary>The outcomes of the current batch's steps by task.</summary>
    IReadOnlyDictionary<string, BulkStepped> Steps { get; }
}

/// <summary>The bulks of a hive. Only the owner's loop uses it.</summary>
internal sealed class BulksState : FeatureState, IBulkView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<BulkEntity> _bulks;
    private readonly Dictionary<string, BulkStepped> _steps = new(StringComparer.Ordinal);
    private readonly BulkMetrics _metrics;

    public BulksState(HiveContext hive)
    {
        _hive = hive;
        _metrics = BulkMetrics.Of(hive.Metrics);
        _bulks = hive.Table(BulkFeature.Bulks);
        hive.On<BulkRecord>((record, offset, at) =>
            _bulks.Put(record is BulkStarted started ? BulkEvolver.Create(started, offset, at) : BulkEvolver.Next(_bulks[record.Bulk]!, record, at)));
        hive.On<BulkBatchBegan>((began, _, _) => Begin(began.Batch));
        hive.On<BulkStepped>((step, _, _) => _steps[step.Task] = step);
        hive.Views.Add<IBulkView>(this, static (whole, _, by) => new Reachable(whole, by));
    }

    public int OpenCount => _bulks.OpenCount;

    public IReadOnlyDictionary<string, BulkStepped> Steps => _steps;

    public BulkEntity? Bulk(string id) => _bulks[id];

    public override void Report(in TurnReport turn) => _metrics.Report(turn, OpenCount);

    public override void EndBatch() => _steps.Clear();

    public override void Reset() => _steps.Clear();

    // The reactions to the ends of tasks follow all steps, so that a dependent task that also matches has its own step.
    private void Begin(RunBulkBatch batch)
    {
        _steps.Clear();
        foreach (var task in batch.Tasks) _hive.Reactions.Enqueue(new BulkStep(batch.Bulk, batch.After, task) { By = batch.By });
        _hive.Reactions.Enqueue(new KeepBulkBatch(batch) { By = batch.By });
    }

    private sealed class Reachable(IBulkView whole, Principal by) : IBulkView
    {
        public int OpenCount => whole.OpenCount;

        public IReadOnlyDictionary<string, BulkStepped> Steps => whole.Steps;

        public BulkEntity? Bulk(string id) => whole.Bulk(id) is { } bulk && BulkReach.Reaches(by, bulk) ? bulk : null;
    }
}

internal static class BulkReach
{
    /// <summary>Whether a principal reaches all swarms that a bulk may change.</summary>
    public static bool Reaches(Principal by, BulkEntity bulk)
    {
        if (by.Swarms is null) return true;
        return bulk.Spec.Filter.Swarm is { } swarm ? by.Reaches(swarm) : bulk.Author.Swarms?.All(by.Reaches) == true;
    }
}

internal static class BulkViewExtensions
{
    extension(IHiveView view)
    {
        public BulkEntity? Bulk(string id) => view.View<IBulkView>().Bulk(id);

        public int OpenBulks => view.View<IBulkView>().OpenCount;
    }
}
