using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The files that the store has open, as they were when it opened them. Under Unix a file can be removed or replaced while it is open; what is written to
/// it then is lost when the process ends. Any thread may ask.
/// </summary>
internal sealed class OpenFiles
{
    private readonly (string Path, FileIdentity? Identity)[] _files;

    public OpenFiles(string folder) =>
        _files = [.. new[] { SqliteStore.FileName, SqliteStore.FileName + "-wal", FolderLock.FileName }.Select(n => Path.Combine(folder, n))
            .Select(p => (p, FileIdentity.Of(p)))];

    /// <summary>The first file whose path leads elsewhere by now, or nowhere; null: all are in place.</summary>
    public string? Missing()
    {
        foreach (var (path, identity) in _files)
        {
            if (identity is not null && FileIdentity.Of(path) != identity)
                return path;
        }

        return null;
    }

    /// <exception cref="StoreLostException">One of the files was removed or replaced.</exception>
    public void Require()
    {
        if (Missing() is { } path)
        {
            throw new StoreLostException(
                $"{path} was removed or replaced while the hub runs: new writes would be lost at the next restart. Put the data folder back, or "
                    + $"restart the hub.");
        }
    }
}
