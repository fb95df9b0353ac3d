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
        var plain = Read(name);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 12))}\"";
        var immutable = name.StartsWith($"{Prefix}assets/", StringComparison.Ordinal);
        return new(ContentTypeOf(name), tag, immutable, plain, ReadIfThere($"{name}.br"), ReadIfThere($"{name}.gz"));

        byte[]? ReadIfThere(string other) => names.Contains(other) ? Read(other) : null;
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
