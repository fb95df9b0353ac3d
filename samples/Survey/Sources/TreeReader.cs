using System.IO.Enumeration;
using System.Text;

namespace Waggle.Survey.Sources;

internal sealed record TreeEntry(string Name, bool IsDirectory, bool IsLink, long Length);

/// <summary>The operations of a file system that the walk needs. Tests replace it, because root can read every directory and so never sees a refusal.</summary>
internal interface ITreeReader
{
    /// <summary>Returns the entries of a directory in any order. Throws the exceptions of the file system.</summary>
    IEnumerable<TreeEntry> List(string directory);

    /// <summary>Returns the first bytes of a file; fewer if the file is shorter.</summary>
    byte[] Head(string file, int count);

    /// <summary>Returns the text of a file; null if there is none.</summary>
    string? ReadText(string file);
}

internal sealed class DiskReader : ITreeReader
{
    public static readonly DiskReader Instance = new();

    // The defaults leave out hidden files and hide refusals; a survey needs both.
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private DiskReader()
    {
    }

    public IEnumerable<TreeEntry> List(string directory) =>
        new FileSystemEnumerable<TreeEntry>(directory, Transform, Everything);

    public byte[] Head(string file, int count)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var head = new byte[count];
        var read = stream.ReadAtLeast(head, count, throwOnEndOfStream: false);
        return read == count ? head : head[..read];
    }

    public string? ReadText(string file) => File.Exists(file) ? File.ReadAllText(file, Encoding.UTF8) : null;

    private static TreeEntry Transform(ref FileSystemEntry entry)
    {
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        return new TreeEntry(entry.FileName.ToString(), entry.IsDirectory, isLink, entry.IsDirectory || isLink ? 0 : entry.Length);
    }
}
