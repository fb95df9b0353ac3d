using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Shared;

/// <summary>
/// What a user keeps about a hub in <c>~/.config/waggle/config.json</c>: its address and perhaps a token. The token is for that address alone:
/// who names another hub does not send it there.
/// </summary>
internal sealed class ClientConfig
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private ClientConfig(string path) => Path = path;

    public string Path { get; }

    public string? Url { get; private set; }

    public string? Token { get; private set; }

    /// <summary>What is wrong with it, in a line.</summary>
    public string? Problem { get; private set; }

    /// <summary>Others than its owner can read a token in it.</summary>
    public bool IsExposed { get; private set; }

    /// <summary>The file as <c>$XDG_CONFIG_HOME</c> has it; an empty one if there is none.</summary>
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
            // Its message can quote the text around the fault, which may be the token.
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
