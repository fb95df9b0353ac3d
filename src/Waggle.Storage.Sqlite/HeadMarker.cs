using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Waggle.Protocol;

namespace Waggle.Storage.Sqlite;

/// <summary>
/// The position of each hive's log after its last commit, in a file beside the database with a line of fixed length for each hive. The store writes it after
/// the commit and does not sync it, so it is never ahead of an intact database. A marker that is ahead shows that the database lost acknowledged commits,
/// because its write-ahead log was removed or truncated. See docs/adr/0017.
/// </summary>
internal sealed class HeadMarker : IDisposable
{
    public const string FileName = "waggle.head";
    private const int LineBytes = 64;
    private const ulong Mix = 0x9E3779B97F4A7C15;

    private readonly SafeFileHandle? _file;

    private HeadMarker(SafeFileHandle? file) => _file = file;

    public static HeadMarker Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            FileRights.OwnerOnly(path);
            return new HeadMarker(file);
        }
        catch (IOException)
        {
            // A disk without room for one more file must not keep the hub from starting.
            return new HeadMarker(null);
        }
    }

    /// <summary>Returns the position that was marked last; null if there is none or the line is damaged.</summary>
    public Position? Read(long hive)
    {
        Span<byte> line = stackalloc byte[LineBytes];
        if (_file is null || RandomAccess.Read(_file, line, (hive - 1) * LineBytes) != LineBytes)
            return null;

        var parts = Encoding.ASCII.GetString(line).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 3
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var head)
            && parts[2] == Check(epoch, head).ToString("x16", CultureInfo.InvariantCulture)
            ? new Position(epoch, head)
            : null;
    }

    public void Write(long hive, long epoch, long head)
    {
        if (_file is null)
            return;
        Span<byte> line = stackalloc byte[LineBytes];
        line.Fill((byte)' ');
        line[^1] = (byte)'\n';
        System.Text.Unicode.Utf8.TryWrite(line, CultureInfo.InvariantCulture, $"{epoch} {head} {Check(epoch, head):x16}", out _);
        try
        {
            RandomAccess.Write(_file, line, (hive - 1) * LineBytes);
        }
        catch (IOException)
        {
            // The commit stands. A marker that lags behind may miss a loss; it never reports a loss that did not happen.
        }
    }

    public void Dispose() => _file?.Dispose();

    private static ulong Check(long epoch, long head) => unchecked((((ulong)epoch * Mix) ^ (ulong)head) * Mix);
}
