namespace Waggle.Storage.Sqlite.Tests;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("waggle-test-").FullName;

    public string Database => File(SqliteStore.FileName);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The names and contents of all files: what "nothing was changed" means.</summary>
    public string Fingerprint() => string.Join('\n', Directory.EnumerateFiles(Path)
        .Where(file => !file.EndsWith("waggle.lock", StringComparison.Ordinal) && !file.EndsWith("waggle.pid", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(file => $"{System.IO.Path.GetFileName(file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.IO.File.ReadAllBytes(file)))}"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
