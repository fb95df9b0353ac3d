namespace Waggle.Storage.Sqlite.Search;

/// <summary>The statements that the indexes share.</summary>
internal static class IndexStatements
{
    /// <summary>Returns a named value of the index; null if there is none.</summary>
    public static string? Meta(this SqliteConnection connection, string name)
    {
        var get = connection.Cached("SELECT value FROM meta WHERE name = ?1");
        get.BindText(1, name);
        if (!get.Step()) return null;
        var value = get.Text(0);
        get.Reset();
        return value;
    }

    public static void SetMeta(this SqliteConnection connection, string name, string? value)
    {
        var set = connection.Cached("INSERT OR REPLACE INTO meta(name, value) VALUES(?1, ?2)");
        set.BindText(1, name);
        set.BindText(2, value);
        set.Run();
    }

    /// <summary>Runs a statement about one row.</summary>
    public static void Run(this SqliteConnection connection, string sql, long number)
    {
        var statement = connection.Cached(sql);
        statement.Bind(1, number);
        statement.Run();
    }

    /// <summary>Runs an action in a transaction.</summary>
    public static void Transact(this SqliteConnection connection, Action write)
    {
        connection.Begin();
        try
        {
            write();
            connection.Commit();
        }
        catch
        {
            connection.Rollback();
            throw;
        }
    }
}
