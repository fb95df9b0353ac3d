using System.Runtime.InteropServices;
using SQLitePCL;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>Which SQLite this process runs on: the system's when it is recent enough (it gets security fixes), else the one in the package.</summary>
/// <param name="Source">The library that was loaded, for example <c>libsqlite3.so.0</c>, or <c>bundled</c>.</param>
public sealed record SqliteLibrary(string Version, string Source);

/// <summary>Loads SQLite once a process. The provider asks for <c>e_sqlite3</c>; the resolver hands it what was chosen.</summary>
internal static class NativeSqlite
{
    /// <summary>Set to <c>bundled</c> to leave the system's library alone.</summary>
    public const string Variable = "WAGGLE_SQLITE";

    private const int LeastVersion = 3_040_000;
    private const int ConfigMemoryStatus = 9;

    // Lazy runs it once however many threads ask, and gives every later caller the same exception.
    private static readonly Lazy<SqliteLibrary> Chosen = new(Load);

    private static nint SystemLibrary;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int IntFunction();

    public static SqliteLibrary Library => Chosen.Value;

    private static string[] Candidates =>
        OperatingSystem.IsWindows() ? ["winsqlite3", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib", "libsqlite3.dylib"]
        : ["libsqlite3.so.0"];

    private static SqliteLibrary Load()
    {
        var source = "bundled";
        if (!string.Equals(Environment.GetEnvironmentVariable(Variable), "bundled", StringComparison.OrdinalIgnoreCase))
            source = Candidates.FirstOrDefault(TryLoad) ?? source;

        try
        {
            NativeLibrary.SetDllImportResolver(
                typeof(SQLite3Provider_e_sqlite3).Assembly, static (name, _, _) => name == "e_sqlite3" ? SystemLibrary : 0);
        }
        catch (InvalidOperationException)
        {
            source = "chosen by another component of this process";
        }

        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();

            // Counting every allocation under one mutex costs 5 % of a commit and nobody reads the count. Too late is no harm.
            _ = raw.sqlite3_config(ConfigMemoryStatus, 0);
            return new SqliteLibrary(raw.sqlite3_libversion().utf8_to_string(), source);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new StoreException(
                "No SQLite found: install the system's (Debian: libsqlite3-0, 3.40 or newer) or run on a platform that the package has a library for.", e);
        }
    }

    private static bool TryLoad(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var handle))
            return false;
        if (Call(handle, "sqlite3_libversion_number") >= LeastVersion && Call(handle, "sqlite3_threadsafe") != 0)
        {
            SystemLibrary = handle;
            return true;
        }

        NativeLibrary.Free(handle);
        return false;
    }

    private static int Call(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address) ? Marshal.GetDelegateForFunctionPointer<IntFunction>(address)() : 0;
}
