using System.Text;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Waggle.Storage.Sqlite;

/// <summary>A prepared statement for repeated use. Parameters count from 1, columns from 0. Only one thread at a time may use it.</summary>
internal sealed class Statement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    public void Bind(int parameter, long value) => Check(sqlite3_bind_int64(handle, parameter, value));

    public void BindNull(int parameter) => Check(sqlite3_bind_null(handle, parameter));

    public void Bind(int parameter, long? value)
    {
        if (value is { } number)
            Bind(parameter, number);
        else
            BindNull(parameter);
    }

    public void BindText(int parameter, string? value)
    {
        if (value is null)
            BindNull(parameter);
        else
            BindText(parameter, connection.Utf8(value));
    }

    public void BindText(int parameter, ReadOnlySpan<byte> utf8) =>
        // An empty span has no address, and SQLite treats a missing address as null.
        Check(utf8.IsEmpty ? sqlite3_bind_text(handle, parameter, "") : sqlite3_bind_text(handle, parameter, utf8));

    public void BindBlob(int parameter, ReadOnlySpan<byte> value) => Check(sqlite3_bind_blob(handle, parameter, value));

    /// <summary>Advances to the next row. Returns false at the end, and the statement is then ready for its next use.</summary>
    public bool Step()
    {
        var code = sqlite3_step(handle);
        if (code == SQLITE_ROW)
            return true;
        Reset();
        if (code != SQLITE_DONE)
            throw connection.Error(code, "A statement failed");
        return false;
    }

    /// <summary>Runs a statement without rows. Returns the number of rows that it changed.</summary>
    public int Run()
    {
        Step();
        return connection.Changes;
    }

    /// <summary>Ends a read before its last row, which also ends its snapshot.</summary>
    public void Reset() => sqlite3_reset(handle);

    public bool IsNull(int column) => sqlite3_column_type(handle, column) == SQLITE_NULL;

    public long Int64(int column) => sqlite3_column_int64(handle, column);

    public double Double(int column) => sqlite3_column_double(handle, column);

    /// <summary>Returns the bytes of a text or blob. The span is valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => sqlite3_column_blob(handle, column);

    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != SQLITE_OK)
            throw connection.Error(code, "A value could not be bound");
    }
}
