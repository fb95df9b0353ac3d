using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Shared;

/// <summary>
/// The address of a hub, and optionally a token, in <c>~/.config/waggle/config.json</c>. The token is for that address only: a command that names another hub
/// does not send it.
/// </summary>
internal sealed class ClientConfig
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private ClientConfig(string path) => Path = path;

    public string Path { get; }

    public string? Url { get; private set; }

    public string? Token { get; private set; }

    /// <summary>The error of the file, in one line.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether other users can read a token in the file.</summary>
    public bool IsExposed { get; private set; }

    /// <summary>Reads the file under <c>$XDG_CONFIG_HOME</c>; returns an empty configuration without one.</summary>
    public static ClientConfig Read()
    {
        var home = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } xdg && System.IO.Path.IsPathRooted(xdg)
            ? xdg
            : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        var config = new ClientConfig(System.IO.Path.Combine(home, "waggle", "config.json"));
        if (File.Exists(config.Path)) config.Load();
        return config;
    }

    private void Load()
    {
        try
        {
            using var document = JsonDocument.Parse(ForeignJson.MendInPlace(File.ReadAllBytes(Path)), Lenient);
            Problem = Take(document.RootElement);
            IsExposed = Token is not null && !OperatingSystem.IsWindows()
                && (File.GetUnixFileMode(Path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != UnixFileMode.None;
        }
        catch (JsonException e)
        {
            // The exception's message can quote the text around the error, which may be the token.
            Problem = $"{Path} is not JSON (line {e.LineNumber + 1}).";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem = $"{Path} cannot be read: {e.Message}";
        }
    }

    private string? Take(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return $"{Path} is not a JSON object.";
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name is not ("url" or "token")) return $"{Path}, key {property.Name}: unknown setting; valid settings: url, token.";
            if (property.Value.ValueKind != JsonValueKind.String) return $"{Path}, key {property.Name}: expected a string.";
            if (property.Name == "url") Url = property.Value.GetString();
            else Token = property.Value.GetString();
        }

        return Token is not null && Url is null ? $"{Path}: a token without the url of its hub; add the key url." : null;
    }
}
