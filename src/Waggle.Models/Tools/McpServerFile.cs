using System.Text.Json;
using System.Text.RegularExpressions;

namespace Waggle.Models.Tools;

/// <summary>
/// The file of MCP servers that coding agents read, too: <c>mcpServers</c> with <c>command</c>, <c>args</c> and <c>env</c>, or <c>url</c> and <c>headers</c>.
/// <c>${NAME}</c> stands for a variable, so that no secret is in the file.
/// </summary>
public static partial class McpServerFile
{
    /// <param name="variable">Returns the value of a variable; null if it is not set.</param>
    /// <exception cref="FormatException">The document is no such file; the message names the place.</exception>
    public static IReadOnlyList<McpServerSpec> Read(JsonElement root, Func<string, string?> variable)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("mcpServers", out var servers) || servers.ValueKind != JsonValueKind.Object)
            throw new FormatException("key mcpServers: it is an object with a server for each name.");
        return [.. servers.EnumerateObject().Select(server => Server(server.Name, server.Value, variable))];
    }

    private static McpServerSpec Server(string name, JsonElement server, Func<string, string?> variable)
    {
        if (!Name().IsMatch(name)) throw new FormatException($"mcpServers: '{name}' is not a name of 1 to 32 letters, digits, '-' and '_'.");
        if (server.ValueKind != JsonValueKind.Object) throw new FormatException($"mcpServers.{name}: it is an object.");
        string Expand(string text) => Variable().Replace(
            text,
            match => variable(match.Groups[1].Value)
                ?? throw new FormatException($"mcpServers.{name}: the variable {match.Groups[1].Value} is not set."));
        var (command, url) = (Text(server, name, "command"), Text(server, name, "url"));
        if (command is null == url is null) throw new FormatException($"mcpServers.{name}: it has either command or url.");
        if (url is null)
        {
            return new(name)
            {
                Command = Expand(command!),
                Arguments = [.. Texts(server, name, "args").Select(Expand)],
                Variables = Map(server, name, "env", Expand),
            };
        }

        if (!Uri.TryCreate(Expand(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"mcpServers.{name}.url: it is an address that begins with http:// or https://.");
        return new(name) { Url = address, Headers = Map(server, name, "headers", Expand) };
    }

    private static string? Text(JsonElement server, string name, string key)
    {
        if (!server.TryGetProperty(key, out var value)) return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new FormatException($"mcpServers.{name}.{key}: it is a text.");
    }

    private static IEnumerable<string> Texts(JsonElement server, string name, string key)
    {
        if (!server.TryGetProperty(key, out var value)) return [];
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? value.EnumerateArray().Select(item => item.GetString()!)
            : throw new FormatException($"mcpServers.{name}.{key}: it is an array of texts.");
    }

    private static Dictionary<string, string> Map(JsonElement server, string name, string key, Func<string, string> expand)
    {
        if (!server.TryGetProperty(key, out var value)) return [];
        return value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(item => item.Value.ValueKind == JsonValueKind.String)
            ? value.EnumerateObject().ToDictionary(item => item.Name, item => expand(item.Value.GetString()!), StringComparer.Ordinal)
            : throw new FormatException($"mcpServers.{name}.{key}: it is an object of texts.");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,32}$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
