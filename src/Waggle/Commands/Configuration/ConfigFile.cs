using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Commands.Configuration;

/// <summary>
/// <c>waggle.json</c>: one object with a key for each setting, and lists as arrays. The file rejects unknown keys, because a misspelt key must not pass
/// silently.
/// </summary>
internal sealed class ConfigFile
{
    public const string StandardName = "waggle.json";

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private ConfigFile(string path, bool isNamed) => (Path, IsNamed) = (path, isNamed);

    public static ConfigFile None { get; } = new("", isNamed: false);

    public string Path { get; }

    /// <summary>Whether the user named the file. Otherwise the command found it in the current folder, which may belong to another project.</summary>
    public bool IsNamed { get; }

    /// <summary>The error of the file, in one line.</summary>
    public string? Problem { get; private set; }

    public static ConfigFile Read(string path, bool isNamed, IEnumerable<string> keys)
    {
        var file = new ConfigFile(path, isNamed);
        try
        {
            using var document = JsonDocument.Parse(ForeignJson.MendInPlace(File.ReadAllBytes(path)), Lenient);
            file.Problem = file.Take(document.RootElement, keys.ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            file.Problem = $"{path} cannot be read: {e.Message}";
        }

        return file;
    }

    public Found? Find(string key) => _values.TryGetValue(key, out var text) ? new Found(text, $"{Path}, key {key}:") : null;

    private string? Take(JsonElement root, HashSet<string> keys)
    {
        if (root.ValueKind != JsonValueKind.Object) return $"{Path} is not a JSON object.";
        foreach (var property in root.EnumerateObject())
        {
            if (!keys.Contains(property.Name))
            {
                return $"{Path}, key {property.Name}: unknown setting; valid settings: {string.Join(", ", keys.Order(StringComparer.Ordinal))}.";
            }

            if (TextOf(property.Value) is not { } text) return $"{Path}, key {property.Name}: expected a string, a number, true, false or an array of strings.";
            _values[property.Name] = text;
        }

        return null;
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Array when value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            string.Join(',', value.EnumerateArray().Select(v => v.GetString())),
        _ => null,
    };
}
