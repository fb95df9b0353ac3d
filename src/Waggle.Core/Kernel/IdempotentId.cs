using System.Security.Cryptography;
using System.Text;
using Waggle.Protocol;

namespace Waggle.Core.Kernel;

/// <summary>Derives the id of a cold entity from the idempotency key under which it is created. A repeated request thus finds the entity that exists.</summary>
internal static class IdempotentId
{
    public static string Of(string prefix, params ReadOnlySpan<string> scope) =>
        $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', scope!))).AsSpan(0, 16))}";

    public static Error? Problem(string? key) => key is null || Ids.IsValid(key) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("idempotency_key", key));

    public static Effect Conflict(string key, string first) => Decision.Reject(
        ErrorCodes.IdempotencyConflict, $"The idempotency key '{key}' was used for {first}, which is different from this one: use a new key.");
}
