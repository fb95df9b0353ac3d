namespace Waggle.Storage.Sqlite;

/// <summary>
/// Restricts files and folders to their owner, because data folders hold secrets and results. It has no effect on Windows, where a folder inherits its rights.
/// </summary>
internal static class FileRights
{
    private const UnixFileMode OthersMay = (UnixFileMode)0b111_111;
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates the folder with the rights 0700. An existing folder keeps its rights.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, Folder);
    }

    /// <summary>Creates an empty file with the rights 0600. An existing file keeps its rights.</summary>
    public static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Open(path, options).Dispose();
    }

    /// <summary>Removes the rights of group and others from a file: 0600. Earlier versions left them to the process's umask.</summary>
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
            // The file belongs to another user, who decides about its rights. The doctor warns.
        }
    }
}
