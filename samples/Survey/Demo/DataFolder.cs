namespace Waggle.Survey.Demo;

/// <summary>The data folder of the demo's hub: a given folder, or a temporary one that Dispose removes.</summary>
internal sealed class DataFolder(string? given) : IDisposable
{
    public string Path { get; } = given ?? Directory.CreateTempSubdirectory("waggle-demo-").FullName;

    public bool IsTemporary => given is null;

    public void Dispose()
    {
        if (!IsTemporary) return;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"waggle: '{Path}' could not be deleted: {e.Message}");
        }
    }
}
