namespace Waggle.Exec;

/// <summary>
/// A folder for the files of tasks that only this user can read. The worker removes it at its end; the guard removes the folder of a worker that was killed.
/// </summary>
internal sealed class WorkerFolder : IDisposable
{
    private WorkerFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Creates the folder. Returns null where no folder is writable, as in a container with a read-only root.</summary>
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
            // The folder belongs to another user, or is gone.
        }
    }
}
