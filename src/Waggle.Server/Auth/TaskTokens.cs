using System.Text.Json;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Auth;

/// <summary>
/// The tokens of agents at work (docs/mcp.md): each is for the MCP endpoint of one task and no other endpoint, because it has an audience of its own.
/// </summary>
internal sealed class TaskTokens(HubSigningKey key, string hive, TimeSpan leeway, TimeProvider time, RevokedTokens revoked)
{
    /// <summary>The audience, which every other endpoint refuses.</summary>
    public const string Audience = "waggle-task";

    private const int IdBytes = 8;

    // The lease bounds the use of a token; this bounds it for a hub that forgot the task.
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    // What creating and reading sub-tasks takes. The endpoint limits it to them.
    private static readonly string[] Granted = [Permissions.WriteTasks, Permissions.ReadAgents, Permissions.ReadSwarms];

    private readonly TokenIssuer[] _issuer = [new(HubSigningKey.Name, Audience, key.Issuer.Keys)];

    /// <summary>Makes the token of an agent for a lease that it has proven.</summary>
    /// <param name="by">The agent's worker; its rights in memory are those of the token, too.</param>
    public (string Token, DateTimeOffset ExpiresAt) Create(Principal by, LeaseRef lease, string swarm)
    {
        var now = time.GetUtcNow();
        var token = key.Sign(writer =>
        {
            writer.WriteString("iss"u8, HubSigningKey.Name);
            writer.WriteString("aud"u8, Audience);
            writer.WriteString("jti"u8, RandomId.Hex(IdBytes));
            writer.WriteString("sub"u8, by.Subject);
            writer.WriteString("hive"u8, hive);
            writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            writer.WriteNumber("exp"u8, (now + Life).ToUnixTimeSeconds());
            WriteAll(writer, "permissions", Granted.Concat(new[] { Permissions.ReadMemory, Permissions.WriteMemory }.Where(by.Allowed)));
            WriteAll(writer, "swarms", [swarm]);
            if (by.Namespaces is { } namespaces) WriteAll(writer, "namespaces", namespaces);
            writer.WriteString("agent"u8, by.Subject);
            writer.WriteString("task"u8, lease.Task);
            writer.WriteNumber("attempt"u8, lease.Attempt);
            writer.WriteNumber("lease"u8, lease.Token);
        });
        return (token, now + Life);
    }

    /// <summary>Returns the lease that a token names; null for any other token. It verifies nothing.</summary>
    public static LeaseRef? LeaseOf(string token) =>
        TokenMint.Read(token) is var (_, claims) && JwtJson.IsText(claims, "aud", Audience) && JwtJson.Text(claims, "task") is { } task
            && Number(claims, "attempt") is { } attempt && attempt <= int.MaxValue && Number(claims, "lease") is { } lease
            ? new(task, (int)attempt, lease)
            : null;

    public Credential Verify(string token, string address)
    {
        var result = JwtVerifier.Verify(token, _issuer, leeway, time.GetUtcNow());
        if (result.Claims is not { } claims) return Credential.Refused(ErrorCodes.Unauthenticated, result.Refusal!.Text);
        var (principal, problem) = ClaimsMapper.Of(claims.All, hive);
        if (principal is null) return Credential.Refused(ErrorCodes.Unauthenticated, problem!);
        return revoked.Contains(principal.TokenId)
            ? Credential.Refused(ErrorCodes.Unauthenticated, $"The token '{principal.TokenId}' of '{principal.User}' is revoked. Use another token.")
            : new(principal with { Address = address }, claims.ExpiresAt, claims.ExpiresAt + leeway);
    }

    private static long? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static void WriteAll(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}

/// <summary>Authenticates the clients of the MCP endpoint of a task: with a token for that task, or with any other token of the hub.</summary>
internal sealed class TaskAuthenticator(IAuthenticator standard, TaskTokens tokens) : IAuthenticator
{
    public bool Required => true;

    public ValueTask<Credential> AuthenticateAsync(string? token, string address, CancellationToken cancel) =>
        token is not null && TaskTokens.LeaseOf(token) is not null ? new(tokens.Verify(token, address)) : standard.AuthenticateAsync(token, address, cancel);

    public ValueTask<Credential> VerifyAsync(string? token, string address, CancellationToken cancel) =>
        token is not null && TaskTokens.LeaseOf(token) is not null ? new(tokens.Verify(token, address)) : standard.VerifyAsync(token, address, cancel);
}
