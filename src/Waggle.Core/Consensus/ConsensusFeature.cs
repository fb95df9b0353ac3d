using System.Text.Json.Serialization;
using Waggle.Core.Kernel;
using Waggle.Protocol.Json;

namespace Waggle.Core.Consensus;

/// <summary>The feature of proposals, on which agents and users vote.</summary>
internal sealed class ConsensusFeature : Feature
{
    public static readonly EntityType<ProposalEntity> Proposals = new(ProposalEntity.Entity, static () => ConsensusJson.Default.ProposalEntity)
    {
        Id = p => p.Id,
        Row = p => new(p.Seq, p.ClosedAt, [p.Swarm, SnakeCase.Of(p.State)]),
        ClosedAt = p => p.ClosedAt,
        VersionOf = p => p.V,
        Retention = o => o.ProposalRetention,
    };

    public static readonly EntityType<BallotEntity> Ballots = new(BallotEntity.Entity, static () => ConsensusJson.Default.BallotEntity)
    {
        Id = b => b.Id,
        Row = b => new(b.Seq, b.Deadline, [b.Proposal]),
        ClosedAt = b => b.Deadline,
        VersionOf = b => b.V,
        Retention = o => o.ProposalRetention,
    };

    public override IReadOnlyList<EntityType> Entities => [Proposals, Ballots];

    public override IReadOnlyList<RecordType> Records { get; } =
    [
        RecordType.Of("proposal_opened", static () => ConsensusJson.Default.ProposalOpened),
        RecordType.Of("vote_cast", static () => ConsensusJson.Default.VoteRecorded),
        RecordType.Of("proposal_extended", static () => ConsensusJson.Default.ProposalExtended),
        RecordType.Of("proposal_closed", static () => ConsensusJson.Default.ProposalClosed),
    ];

    public override IReadOnlyDictionary<string, string> Topics { get; } = new Dictionary<string, string>(StringComparer.Ordinal) { ["proposal"] = "votes" };

    public override IReadOnlyList<AdministrativeCommand> Administrative { get; } =
    [
        AdministrativeCommand.Of<WithdrawProposal>("vote.withdraw", static c => c.Proposal),
    ];

    public override FeatureState Create(HiveContext hive) => new ConsensusState(hive);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = StoredJson.Depth,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(ProposalEntity))]
[JsonSerializable(typeof(BallotEntity))]
[JsonSerializable(typeof(ProposalOpened))]
[JsonSerializable(typeof(VoteRecorded))]
[JsonSerializable(typeof(ProposalExtended))]
[JsonSerializable(typeof(ProposalClosed))]
internal sealed partial class ConsensusJson : JsonSerializerContext;
