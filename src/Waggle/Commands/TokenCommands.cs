using System.CommandLine;
using System.Text;
using System.Text.Json;
using Waggle.Commands.Configuration;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Server.Auth;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle token create</c> and <c>show</c> work on the data folder, with or without a running hub; <c>revoke</c> asks a hub.</summary>
internal static class TokenCommands
{
    private static readonly string[] Times = ["iat", "nbf", "exp"];

    public static Command Create() =>
        new("token", "Create tokens with the key of a data folder, inspect and revoke them (docs/auth.md).")
        {
            CreateCreate(), CreateShow(), TokenRevokeCommand.Create(),
        };

    private static Command CreateCreate()
    {
        var subject =
            new Option<string>("--subject") { Description = "The user or program that the token is for; records show it.", HelpName = "name", Required = true };
        var roles = Names("--role", $"One of {string.Join(", ", Permissions.Roles.Select(r => r.Name))}. May be repeated.", text =>
            Permissions.Roles.Any(r => r.Name == text));
        var permissions = Names("--permission", $"One of {string.Join(", ", Permissions.All.Select(p => p.Name))}. May be repeated.", text =>
            Permissions.All.Any(p => p.Name == text));
        var swarms = Names("--swarm", "Limit the token to this swarm. May be repeated. Default: all swarms.", text => Ids.IsValid(text));
        var namespaces = Names(
            "--namespace", "Limit the token to memory namespaces of this name. May be repeated. Default: all namespaces.", text => Ids.IsValid(text));
        var agent = new Option<string?>("--agent") { Description = "Limit the token to this agent. Default: any agent.", HelpName = "id" };
        var expires = Durations.Option("--expires-in", "How long the token is valid.", TimeSpan.FromDays(30));
        var folder = DataFolder();
        var json = HubOptions.CreateJson();
        var command = new Command("create", "Print a new token, alone on standard output.")
        {
            subject, roles, permissions, swarms, namespaces, agent, expires, json,
        };
        folder.Settings.AddTo(command);
        command.SetAction(parse => Run(() =>
        {
            var who = parse.GetValue(subject)!;
            if (who.Length is 0 or > Waggle.Protocol.Limits.MaxSubjectLength || who.Any(char.IsControl))
            {
                throw new CliException($"--subject has 1 to {Waggle.Protocol.Limits.MaxSubjectLength} characters.", ExitCodes.Usage);
            }

            if (parse.GetValue(agent) is { } id && !Ids.IsValid(id)) throw new CliException(Ids.Rule("--agent", id), ExitCodes.Usage);
            if (parse.GetValue(roles) is not { Length: > 0 } & parse.GetValue(permissions) is not { Length: > 0 })
                throw new CliException("A token needs at least one --role or --permission.", ExitCodes.Usage);
            if (parse.GetValue(expires).Value < TimeSpan.FromSeconds(1)) throw new CliException("--expires-in is 1s or more.", ExitCodes.Usage);
            var (data, now) = (folder.Of(parse), TimeProvider.System.GetUtcNow());
            if (!TokenMint.HasKey(data)) Printer.Note($"waggle: Created a new signing key in {data}. Hubs on other data folders do not accept its tokens.");
            var token = new TokenMint(data, create: true).Create(
                new TokenRequest(who)
                {
                    Roles = parse.GetValue(roles) ?? [],
                    Permissions = parse.GetValue(permissions) ?? [],
                    Swarms = parse.GetValue(swarms) is { Length: > 0 } limited ? limited : null,
                    Namespaces = parse.GetValue(namespaces) is { Length: > 0 } named ? named : null,
                    Agent = parse.GetValue(agent),
                    ExpiresIn = parse.GetValue(expires).Value,
                },
                now);
            if (token.Length > TokenMint.MaxLength)
            {
                throw new CliException(
                    $"The token would have {token.Length} characters; a hub accepts at most {TokenMint.MaxLength}. Name fewer swarms or namespaces.",
                    ExitCodes.Usage);
            }

            if (parse.GetValue(json)) PrintCreated(token, who, now + parse.GetValue(expires).Value, data);
            else Console.Out.WriteLine(token);
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static Command CreateShow()
    {
        var token = new Argument<string>("token") { Description = "The token, or - to read it from standard input." };
        var folder = DataFolder();
        var json = HubOptions.CreateJson();
        var command =
            new Command("show", "Print the claims of a token, and whether a hub on the data folder would accept it (exit code 1 if not).") { token, json };
        folder.Settings.AddTo(command);
        command.SetAction(parse => Run(() =>
        {
            var text = (parse.GetValue(token) is "-" ? Console.In.ReadToEnd() : parse.GetValue(token)!).Trim();
            if (TokenMint.Read(text) is not var (header, claims))
            {
                throw new CliException(
                    "Not a valid token: a token has three base64url parts separated by dots, the first two JSON objects, and at most 8192 characters.");
            }

            if (!parse.GetValue(json)) PrintParts(header, claims);
            var mint = new TokenMint(folder.Of(parse), create: false);
            var (principal, problem) = mint.Verify(text, TimeProvider.System.GetUtcNow());
            if (parse.GetValue(json))
            {
                PrintVerified(header, claims, principal, problem);
                return principal is null ? ExitCodes.Failed : ExitCodes.Ok;
            }

            if (principal is null) return Cli.Fail($"not valid: {problem}", ExitCodes.Failed);
            Printer.Line(
                $"valid: '{principal.User}' "
                    + $"may {(principal.Permissions.Count == 0 ? "do nothing" : string.Join(", ", principal.Permissions.Order(StringComparer.Ordinal)))}");
            return ExitCodes.Ok;
        }));
        return command;
    }

    private static void PrintParts(JsonElement header, JsonElement claims)
    {
        Printer.Line($"header: {Compact(header)}");
        Printer.Line($"claims: {Compact(claims)}");
        foreach (var name in Times)
        {
            if (JwtJson.TryTime(claims, name, out var time) && time is { } at) Printer.Line($"{name}: {Printer.Time(at)}");
        }
    }

    private static void PrintCreated(string token, string subject, DateTimeOffset expiresAt, string data) => Printer.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("token"u8, token);
        writer.WriteString("subject"u8, subject);
        writer.WriteString("expires_at"u8, Printer.Time(expiresAt));
        writer.WriteString("data"u8, data);
        writer.WriteEndObject();
    });

    private static void PrintVerified(JsonElement header, JsonElement claims, Principal? principal, string? problem) => Printer.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WritePropertyName("header"u8);
        header.WriteTo(writer);
        writer.WritePropertyName("claims"u8);
        claims.WriteTo(writer);
        writer.WriteBoolean("valid"u8, principal is not null);
        writer.WriteString("problem"u8, problem);
        writer.WriteString("subject"u8, principal?.User);
        writer.WriteStartArray("permissions"u8);
        foreach (var permission in (principal?.Permissions ?? new HashSet<string>()).Order(StringComparer.Ordinal)) writer.WriteStringValue(permission);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static int Run(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Cli.Fail(e.Message, ExitCodes.Failed);
        }
    }

    private static FolderSettings DataFolder() => new("The data folder of the hub. The first token creates its signing key.");

    private static Option<string[]> Names(string name, string description, Func<string, bool> isGood) => new(name)
    {
        Description = description,
        HelpName = "name",
        CustomParser = result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!isGood(token.Value)) result.AddError($"{name} '{token.Value}' is unknown. {description}");
            }

            return [.. result.Tokens.Select(t => t.Value)];
        },
    };

    private static string Compact(JsonElement element)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.Checked)) element.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
