using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Protocol;

namespace Waggle.Server.Auth;

/// <summary>Maps the claims of a valid token to the principal of its bearer (docs/auth.md). Pure.</summary>
internal static class ClaimsMapper
{
    /// <summary>Returns the principal, or the fault of the claims.</summary>
    public static (Principal? Principal, string? Problem) Of(JsonElement claims, string hive)
    {
        if (JwtJson.Text(claims, "sub") is not { Length: > 0 and <= Limits.MaxSubjectLength } subject || subject.Any(char.IsControl))
            return (null, $"sub is the subject: 1 to {Limits.MaxSubjectLength} characters.");
        if (claims.TryGetProperty("hive", out _) && !JwtJson.IsText(claims, "hive", hive))
        {
            return (null, $"The token is for another hive (hive); this one is '{hive}'.");
        }

        if (!JwtJson.TryTexts(claims, "permissions", out var permissions) || !JwtJson.TryTexts(claims, "roles", out var roles))
            return (null, "permissions and roles are arrays of texts.");
        if (!JwtJson.TryTexts(claims, "swarms", out var swarms) || swarms?.All(s => Ids.IsValid(s)) == false) return (null, "swarms is an array of ids.");
        if (!JwtJson.TryTexts(claims, "namespaces", out var namespaces) || namespaces?.All(n => Ids.IsValid(n)) == false)
            return (null, "namespaces is an array of names of memory namespaces.");
        string? agent = null;
        if (claims.TryGetProperty("agent", out _) && ((agent = JwtJson.Text(claims, "agent")) is null || !Ids.IsValid(agent))) return (null, "agent is an id.");
        return (new Principal(subject, hive, null, Permissions.Expand(permissions ?? [], roles ?? []))
        {
            Swarms = swarms?.ToHashSet(StringComparer.Ordinal),
            Namespaces = namespaces?.ToHashSet(StringComparer.Ordinal),
            OnlyAgent = agent,
            TokenId = JwtJson.Text(claims, "jti") is { Length: > 0 and <= Limits.MaxSubjectLength } id && !id.Any(char.IsControl) ? id : null,
        }, null);
    }
}
