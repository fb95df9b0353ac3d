using System.Buffers.Binary;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The database file: the store creates it completely or not at all, and checks it before SQLite may write to it.</summary>
internal static class DatabaseFile
{
    /// <summary>"WAGG", by which the <c>file</c> command and the next hub recognise the database.</summary>
    private const int ApplicationId = 0x57414747;
    private const int HeaderBytes = 100;
    private const int VersionAt = 60;
    private const int ApplicationIdAt = 68;

    public static void Prepare(string file, SqliteStoreOptions options)
    {
        if (Directory.Exists(file))
            throw new StoreCorruptException($"{file} is a directory, not a database. Move it away; nothing was changed.");
        if (File.Exists(file))
            CheckHeader(file);
        else if (File.Exists(file + "-wal"))
            throw new StoreCorruptException(
                $"{file} is missing while its write-ahead log {file}-wal is there: put the database back, or move the log away to start with an empty "
                    + $"database. Nothing was changed.");
        else
            Create(file, options);
    }

    /// <summary>Creates the file under another name first, so that a hub killed half-way leaves no incomplete database under the real one.</summary>
    private static void Create(string file, SqliteStoreOptions options)
    {
        var made = file + ".new";
        File.Delete(made);
        File.Delete(made + "-journal");
        using (var connection = SqliteConnection.Open(made, readOnly: false, (int)options.BusyTimeout.TotalMilliseconds))
        {
            connection.Execute($"PRAGMA page_size = 4096; PRAGMA auto_vacuum = NONE; PRAGMA synchronous = FULL; PRAGMA application_id = {ApplicationId}");
            Migrations.Apply(connection, made, Migrations.All);
        }

        FileRights.OwnerOnly(made);
        File.Move(made, file);
    }

    /// <exception cref="StoreCorruptException">The file is no database that this version can open.</exception>
    public static void CheckHeader(string file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int read;
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0))
            read = stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);

        if (read < HeaderBytes)
            throw new StoreCorruptException(
                $"{file} has only {read} bytes: it was truncated. Restore a backup, or move it away to start with an empty database. Nothing was changed.");
        if (!header.StartsWith("SQLite format 3\0"u8))
            throw new StoreCorruptException(
                $"{file} is not an SQLite database. Restore a backup, or move it away to start with an empty database. Nothing was changed.");
        if (BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) != ApplicationId)
            throw new StoreCorruptException($"{file} is a database of another program, not of Waggle. Give the hub another folder. Nothing was changed.");

        var version = BinaryPrimitives.ReadInt32BigEndian(header[VersionAt..]);
        if (version > Migrations.All.Count)
            throw new StoreCorruptException(Migrations.NewerVersion(file, version, Migrations.All.Count));
    }
}
