using Waggle.Core.Access;
using Waggle.Core.Kernel;

namespace Waggle.Core.Tokens;

internal interface ITokenView
{
    /// <summary>The number of revoked tokens that have not expired.</summary>
    int Count { get; }

    /// <summary>The expiry of a revoked token; null for a token that is not revoked.</summary>
    DateTimeOffset? RevokedUntil(string tokenId);
}

/// <summary>The revoked tokens of a hive. Only the owner's loop uses it; it hands them to <see cref="RevokedTokens"/> once they are durable.</summary>
internal sealed class TokenState : FeatureState, ITokenView
{
    private readonly HiveContext _hive;
    private readonly EntityTable<RevokedTokenEntity> _revoked;
    private readonly List<string> _added = [];
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

    public DateTimeOffset? RevokedUntil(string tokenId) => _revoked[Audience.SegmentOf(tokenId)]?.ExpiresAt;

    public override void EndLoad(DateTimeOffset now)
    {
        foreach (var token in _revoked.Open)
        {
            _hive.Timers.Set(RevokedTokenEntity.KeyOf(token.TokenId), token.EndsAt);
            _hive.Revoked.Add(token.TokenId);
        }
    }

    public override void Committed()
    {
        foreach (var token in _added) _hive.Revoked.Add(token);
        foreach (var token in _ended) _hive.Revoked.Remove(token);
        Reset();
    }

    public override void Reset()
    {
        _added.Clear();
        _ended.Clear();
    }

    private void Revoke(TokenRevoked record, long offset, DateTimeOffset at)
    {
        var entity = new RevokedTokenEntity
        {
            TokenId = record.TokenId,
            Seq = _revoked[Audience.SegmentOf(record.TokenId)]?.Seq ?? offset,
            ExpiresAt = record.ExpiresAt,
            RevokedBy = record.RevokedBy,
            RevokedAt = at,
            Reason = record.Reason,
        };
        _revoked.Put(entity);
        _added.Add(record.TokenId);
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
