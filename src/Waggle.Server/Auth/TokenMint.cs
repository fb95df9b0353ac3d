using System.Text.Json;
using Waggle.Core;
using Waggle.Protocol;

namespace Waggle.Server.Auth;

/// <summary>The content of a new token.</summary>
public sealed record TokenRequest(string Subject)
{
    public IReadOnlyList<string> Roles { get; init; } = [];
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>The swarms that the token is limited to; null for all.</summary>
    public IReadOnlyList<string>? Swarms { get; init; }

    /// <summary>The names of the memory namespaces that the token is limited to; null for all.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>The only agent that the bearer may act for; null permits any agent.</summary>
    public string? Agent { get; init; }
    public required TimeSpan ExpiresIn { get; init; }
}

/// <summary>Makes tokens with the key of a data folder, and reads them. The hub need not run.</summary>
/// <exception cref="IOException">The key cannot be read or created.</exception>
public sealed class TokenMint(string dataFolder, bool create)
{
    /// <summary>The number of characters above which a hub refuses a token without reading it.</summary>
    public const int MaxLength = JwtVerifier.MaxLength;

    private const int IdBytes = 8;

    private readonly HubSigningKey _key = create ? HubSigningKey.LoadOrCreate(dataFolder) : HubSigningKey.Load(dataFolder);

    // Folders have one hive so far, by this name.
    private static string Hive => new Core.Kernel.HiveOptions().Hive;

    /// <summary>Returns whether a folder has a key.</summary>
    public static bool HasKey(string dataFolder) => File.Exists(Path.Combine(dataFolder, HubSigningKey.FileName));

    public string Create(TokenRequest request, DateTimeOffset now) => _key.Sign(writer =>
    {
        writer.WriteString("iss"u8, HubSigningKey.Name);
        writer.WriteString("aud"u8, HubSigningKey.Name);
        writer.WriteString("jti"u8, RandomId.Hex(IdBytes));
        writer.WriteString("sub"u8, request.Subject);
        writer.WriteString("hive"u8, Hive);
        writer.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        writer.WriteNumber("exp"u8, (now + request.ExpiresIn).ToUnixTimeSeconds());
        WriteAll(writer, "roles", request.Roles);
        WriteAll(writer, "permissions", request.Permissions);
        if (request.Swarms is not null) WriteAll(writer, "swarms", request.Swarms, always: true);
        if (request.Namespaces is not null) WriteAll(writer, "namespaces", request.Namespaces, always: true);
        if (request.Agent is not null) writer.WriteString("agent"u8, request.Agent);
    });

    /// <summary>Returns the principal that a hub on this folder would see in a token, or the reason to refuse it.</summary>
    public (Principal? Principal, string? Problem) Verify(string token, DateTimeOffset now)
    {
        var result = JwtVerifier.Verify(token, [_key.Issuer], new AuthOptions().Leeway, now);
        return result.Claims is { } claims ? ClaimsMapper.Of(claims.All, Hive) : (null, result.Refusal!.Text);
    }

    /// <summary>Returns the header and claims of a token, valid or not; null for text that is no token.</summary>
    public static (JsonElement Header, JsonElement Claims)? Read(string token)
    {
        if (token.Length > JwtVerifier.MaxLength || token.Split('.', 4) is not { Length: 3 } parts) return null;
        if (!StrictBase64Url.TryDecode(parts[0], out var header) || !StrictBase64Url.TryDecode(parts[1], out var claims)) return null;
        using var head = JwtJson.Parse(header);
        using var body = JwtJson.Parse(claims);
        return head is null || body is null ? null : (head.RootElement.Clone(), body.RootElement.Clone());
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, IReadOnlyList<string> values, bool always = false)
    {
        if (values.Count == 0 && !always) return;
        writer.WriteStartArray(name);
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
