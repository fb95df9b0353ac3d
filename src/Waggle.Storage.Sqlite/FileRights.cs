namespace Waggle.Storage.Sqlite;

/// <summary>Data folders hold secrets and results: they are their owner's alone. Without effect on Windows, where a folder inherits its rights.</summary>
internal static class FileRights
{
    private const UnixFileMode OthersMay = (UnixFileMode)0b111_111;
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder, with the rights 0700. One that is there keeps what it has.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Folder);
    }

    /// <summary>Takes the rights of group and others from a file: 0600. Earlier versions left it to the process's umask.</summary>
    public static void OwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & OthersMay) == UnixFileMode.None) return;
        try
        {
            File.SetUnixFileMode(path, mode & ~OthersMay);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's file: that user decides. The doctor warns.
        }
    }
}
