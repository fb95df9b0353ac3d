using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tokens;

internal interface ITokenView
{
    /// <summary>The number of revoked tokens that have not expired.</summary>
    int Count { get; }

    bool IsRevoked(string tokenId);
}

/// <summary>The revoked tokens of a hive. Only the owner's loop uses it; it hands them to <see cref="RevokedTokens"/> once they are durable.</summary>
internal sealed class TokenState : FeatureState, ITokenView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<RevokedTokenEntity> _revoked;
    private readonly List<string> _ended = [];

    public TokenState(HiveContext hive)
    {
        _hive = hive;
        _revoked = hive.Table(TokenFeature.Revoked);
        hive.Timer(RevokedTokenEntity.Entity.Name, key => new EndRevocation(key) { By = hive.Hub });
        hive.On<TokenRevoked>(Revoke);
        hive.On<RevocationEnded>(End);
        hive.Views.Add<ITokenView>(this, static (whole, _, _) => whole);
    }

    public int Count => _revoked.OpenCount;

    public bool IsRevoked(string tokenId) => _revoked[Audience.SegmentOf(tokenId)] is not null;

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var token in _revoked.Open)
        {
            _hive.Timers.Set(RevokedTokenEntity.KeyOf(token.TokenId), token.EndsAt);
            _hive.Revoked.Add(token.TokenId);
        }
    }

    public override void Report(in TurnReport turn)
    {
        foreach (var (data, _) in turn.Batch)
        {
            if (data is TokenRevoked revoked) _hive.Revoked.Add(revoked.TokenId);
        }

        foreach (var token in _ended) _hive.Revoked.Remove(token);
        _ended.Clear();
    }

    public override void Reset() => _ended.Clear();

    private void Revoke(TokenRevoked record, long offset, DateTimeOffset at)
    {
        var entity = new RevokedTokenEntity
        {
            TokenId = record.TokenId,
            Seq = offset,
            ExpiresAt = record.ExpiresAt,
            RevokedBy = record.RevokedBy,
            RevokedAt = at,
            Reason = record.Reason,
        };
        _revoked.Put(entity);
        _hive.Timers.Set(RevokedTokenEntity.KeyOf(record.TokenId), entity.EndsAt);
    }

    private void End(RevocationEnded record, long offset, DateTimeOffset at)
    {
        if (_revoked[record.Key] is not { } token) return;
        _ended.Add(token.TokenId);
        _revoked.Remove(record.Key);
        _hive.Timers.Set(RevokedTokenEntity.KeyOf(token.TokenId), null);
    }
}
