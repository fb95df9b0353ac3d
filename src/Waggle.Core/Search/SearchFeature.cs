using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;

namespace Waggle.Core.Search;

/// <summary>
/// The search of memory by words and by meaning (ADR 23). It owns no entity and no record: it follows the records of memory beside the owner's loop, and
/// queries read its index.
/// </summary>
internal sealed class SearchFeature : Feature
{
    public override IReadOnlyList<EntityType> Entities => [];

    public override IReadOnlyList<RecordType> Records => [];

    public override Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop) =>
        SearchService.Of(reader) is { } search ? search.RunAsync(log, stop) : Task.CompletedTask;

    public override FeatureState Create(HiveContext hive) => new NoState();

    private sealed class NoState : FeatureState;
}
