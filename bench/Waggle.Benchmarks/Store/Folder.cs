namespace Waggle.Benchmarks.Store;

/// <summary>A folder of its own that goes away. On the disk of the temp folder, so set TMPDIR to measure another.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("waggle-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
