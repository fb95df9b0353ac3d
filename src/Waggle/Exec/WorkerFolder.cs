namespace Waggle.Exec;

/// <summary>
/// A folder for the files of tasks, readable by this user alone. It goes with the worker; the guard removes that of a worker which was killed.
/// </summary>
internal sealed class WorkerFolder : IDisposable
{
    private WorkerFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where nothing can be written, as in a container whose root is read-only.</summary>
    public static WorkerFolder? Create()
    {
        try
        {
            return new(Directory.CreateTempSubdirectory("waggle-worker-").FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or gone.
        }
    }
}
