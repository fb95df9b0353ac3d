using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The steps from an empty file to the present schema. A released step never changes; a new schema is a new step at the end.</summary>
internal static class Migrations
{
    /// <summary>The steps. They create no STRICT tables, because folders of 0.1 have none, and a single schema is easier to maintain.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        """
        CREATE TABLE hive(
            no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, term INTEGER NOT NULL, epoch INTEGER NOT NULL,
            head INTEGER NOT NULL, last_write_at INTEGER NOT NULL, floor INTEGER NOT NULL);
        CREATE TABLE epoch(
            hive INTEGER NOT NULL, epoch INTEGER NOT NULL, after INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(hive, epoch)) WITHOUT ROWID;
        CREATE TABLE log(key INTEGER PRIMARY KEY, first INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE TABLE reserve(no INTEGER PRIMARY KEY, filler BLOB NOT NULL);
        """,
    ];

    /// <summary>Applies each step and its number in one transaction, so that a crash between two steps leaves a database of the lower number.</summary>
    public static void Apply(SqliteConnection connection, string file, IReadOnlyList<string> steps)
    {
        var version = connection.ScalarInt64("PRAGMA user_version");
        if (version > steps.Count)
            throw new StoreCorruptException(NewerVersion(file, version, steps.Count));

        for (var next = (int)version; next < steps.Count; next++)
        {
            connection.Begin();
            try
            {
                connection.Execute(steps[next]);
                connection.Execute($"PRAGMA user_version = {next + 1}");
                connection.Commit();
            }
            catch
            {
                connection.Rollback();
                throw;
            }
        }
    }

    public static string NewerVersion(string file, long found, int known) =>
        $"{file} was written by a newer Waggle (its schema version is {found}, this version supports {known}). Run that version, or restore a backup from "
            + $"before the upgrade. Nothing was changed.";
}
