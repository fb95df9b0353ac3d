using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Audit;

/// <summary>The feature of the audit log: each administrative command in the commit of its effect, and each refusal.</summary>
internal sealed partial class AuditFeature : Feature
{
    public static readonly EntityType<AuditEntity> Entries = new(AuditEntity.Entity, static () => AuditJson.Default.AuditEntity)
    {
        Id = e => AuditEntity.IdOf(e.Seq),
        Row = e => new(e.Seq, e.StoredAt, [e.User, e.Action, SnakeCase.Of(AuditViews.OutcomeOf(e))]),
        VersionOf = e => e.V,
        Retention = o => o.AuditRetention,
    };

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public override IReadOnlyList<EntityType> Entities => [Entries];

    public override IReadOnlyList<RecordType> Records => [];

    public override FeatureState Create(HiveContext hive) => new AuditState(hive);

    public override Command<NoResult>? Last(HiveReader reader) =>
        reader.Refusals.Take(all: true) is { Count: > 0 } last ? new KeepRefusals(last) { By = Principal.Hub(reader.Options.Hive) } : null;

    public override async Task RunBesideAsync(HiveReader reader, TimeProvider time, ILogger log, CancellationToken stop)
    {
        using var beat = new PeriodicTimer(Interval, time);
        var by = Principal.Hub(reader.Options.Hive);
        while (await NextAsync(beat, stop))
        {
            if (reader.Refusals.Take() is not { Count: > 0 } refusals) continue;
            var kept = await reader.AskAsync(new KeepRefusals(refusals) { By = by }, CancellationToken.None);
            if (kept.Error is { } error) LogNotKept(log, refusals.Sum(r => r.Count), error.Message);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer beat, CancellationToken stop)
    {
        try
        {
            return await beat.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The audit log does not have {Count} refusals: {Reason}")]
    private static partial void LogNotKept(ILogger logger, long count, string reason);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(AuditEntity))]
internal sealed partial class AuditJson : JsonSerializerContext;
