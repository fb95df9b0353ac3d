using Waggle.Core.Audit;
using Waggle.Core.Kernel;
using Waggle.Core.Tokens;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    public static AuditEntity AuditEntry => new()
    {
        Seq = 9,
        Action = "swarm.pause",
        Target = "none",
        User = "ann",
        Agent = "a1",
        TokenId = "3f9c0a17d2b48e65",
        Code = "NOT_FOUND",
        Message = "There is no swarm 'none'.",
        Address = "127.0.0.1",
        Count = 3,
        At = At,
        LastAt = At.AddSeconds(2),
        StoredAt = At.AddSeconds(3),
    };

    public static RevokedTokenEntity RevokedToken =>
        new() { TokenId = "3f9c0a17d2b48e65", Seq = 7, ExpiresAt = At, RevokedBy = "ann", RevokedAt = At, Reason = "laptop lost" };

    private static IEnumerable<RecordData> OfTokens =>
        [new TokenRevoked { TokenId = "3f9c0a17d2b48e65", ExpiresAt = At, RevokedBy = "ann", Reason = "laptop lost" }];
}
