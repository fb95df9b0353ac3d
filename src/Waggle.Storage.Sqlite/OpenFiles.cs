using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The identities of the files that the store has open, from the time when it opened them. Unix permits a program to remove or replace an open file; writes to
/// such a file are lost when the process ends. Any thread may ask.
/// </summary>
internal sealed class OpenFiles
{
    private readonly (string Path, FileIdentity? Identity)[] _files;

    public OpenFiles(string folder) =>
        _files = [.. new[] { SqliteStore.FileName, SqliteStore.FileName + "-wal", FolderLock.FileName }.Select(n => Path.Combine(folder, n))
            .Select(p => (p, FileIdentity.Of(p)))];

    /// <summary>Returns the first file whose path now leads to another file or to none; null if all are in place.</summary>
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
