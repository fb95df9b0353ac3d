using System.Security.Cryptography;
using System.Text;
using Waggle.Protocol;

namespace Waggle.Core.Hives;

/// <summary>
/// The id of something that is created under an idempotency key, where it is cold: made of the key, so that asking for the entity finds what was created
/// before.
/// </summary>
internal static class IdempotentId
{
    public static string Of(string prefix, params ReadOnlySpan<string> scope) =>
        $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', scope!))).AsSpan(0, 16))}";

    public static Error? Problem(string? key) => key is null || Ids.IsValid(key) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("idempotency_key", key));

    public static Effect Conflict(string key, string first) => Decision.Reject(
        ErrorCodes.IdempotencyConflict, $"The idempotency key '{key}' was used for {first}, which is different from this one: use a new key.");
}
