using System.CommandLine;
using Waggle.Server.Auth;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle token revoke</c></summary>
internal static class TokenRevokeCommand
{
    public static Command Create()
    {
        var token = new Argument<string?>("token") { Description = "The token, or - to read it from standard input.", Arity = ArgumentArity.ZeroOrOne };
        var id = new Option<string?>("--id") { Description = "The token's id (jti), in place of the token.", HelpName = "id" };
        var expires = Durations.Option(
            "--expires-in", "With --id: the time for which the hub must refuse the token, at least until its expiry.", TimeSpan.FromDays(3650));
        var reason = new Option<string?>("--reason") { Description = "The reason, for the audit log.", HelpName = "text" };
        return HubCommand.Create(
            "revoke",
            "Revoke a token before its expiry: the hub refuses it at once and closes its connections.",
            async call =>
            {
                var (name, until) = Read(call.Get(token), call.Get(id), TimeProvider.System.GetUtcNow() + call.Get(expires).Value);
                await (await call.ConnectAsync()).Access.RevokeTokenAsync(name, until, call.Get(reason), call.Cancel);
                if (call.Print.IsJson) PrintJson(name, until);
                else Printer.Line($"Token {name} is revoked until {Printer.Time(until)}, when it has expired.");
                return ExitCodes.Ok;
            },
            token, id, expires, reason);
    }

    private static (string Id, DateTimeOffset Until) Read(string? token, string? id, DateTimeOffset until)
    {
        if (token is null == id is null) throw new CliException("Give either the token or --id.", ExitCodes.Usage);
        if (id is not null) return (id, until);
        var text = (token is "-" ? Console.In.ReadToEnd() : token!).Trim();
        if (TokenMint.Read(text) is not var (_, claims))
            throw new CliException("Not a token: a token has three base64url parts separated by dots, the first two JSON objects.", ExitCodes.Usage);
        if (JwtJson.Text(claims, "jti") is not { Length: > 0 } named)
        {
            throw new CliException(
                "The token has no id (jti), so it cannot be revoked alone. Replace the key that signed it: token-key.json of the hub's data folder, "
                    + "or the key of the identity provider.",
                ExitCodes.Failed);
        }

        return JwtJson.TryTime(claims, "exp", out var time) && time is { } expires
            ? (named, expires)
            : throw new CliException("The token has no expiry (exp).", ExitCodes.Failed);
    }

    private static void PrintJson(string id, DateTimeOffset until) => Printer.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("token_id"u8, id);
        writer.WriteString("expires_at"u8, Printer.Time(until));
        writer.WriteEndObject();
    });
}
