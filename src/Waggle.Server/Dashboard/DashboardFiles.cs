using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Waggle.Server.Dashboard;

/// <summary>The files of the dashboard that this assembly carries, by their paths below <c>/ui/</c>. Thread-safe.</summary>
internal static class DashboardFiles
{
    public const string Index = "index.html";

    // The logical names in Waggle.Server.csproj.
    private const string Prefix = "dashboard/";

    private static readonly Lazy<FrozenDictionary<string, DashboardFile>> Files = new(Load);

    /// <summary>The paths of all files.</summary>
    public static IEnumerable<string> Paths => Files.Value.Keys;

    public static DashboardFile? Find(string path) => Files.Value.GetValueOrDefault(path);

    // The first request reads the resources, some hundred kilobytes; a hub whose dashboard nobody opens keeps none of them in memory.
    private static FrozenDictionary<string, DashboardFile> Load()
    {
        var names = typeof(DashboardFiles).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet();
        return names.Where(n => !n.EndsWith(".br", StringComparison.Ordinal) && !n.EndsWith(".gz", StringComparison.Ordinal))
            .ToFrozenDictionary(n => n[Prefix.Length..], n => FileOf(n, names), StringComparer.Ordinal);
    }

    private static DashboardFile FileOf(string name, HashSet<string> names)
    {
        var forms = new List<DashboardForm>();
        if (names.Contains($"{name}.br")) forms.Add(FormOf($"{name}.br", "br"));
        if (names.Contains($"{name}.gz")) forms.Add(FormOf($"{name}.gz", "gzip"));
        forms.Add(FormOf(name, null));
        return new(ContentTypeOf(name), name.StartsWith($"{Prefix}assets/", StringComparison.Ordinal), forms);
    }

    private static DashboardForm FormOf(string name, string? encoding)
    {
        var body = Read(name);
        return new(encoding, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"", body);
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(DashboardFiles).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        var other => throw new InvalidOperationException($"The dashboard has a file '{name}', and no content type is known for '{other}'."),
    };
}
