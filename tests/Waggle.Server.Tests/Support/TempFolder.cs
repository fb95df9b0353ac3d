namespace Waggle.Server.Tests.Support;

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("waggle-server-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
