namespace Waggle.Benchmarks.Store;

/// <summary>A temporary folder on the disk of the temp folder. Set TMPDIR to measure another disk.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("waggle-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
