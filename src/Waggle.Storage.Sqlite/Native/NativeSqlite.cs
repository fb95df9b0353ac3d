using System.Runtime.InteropServices;
using SQLitePCL;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite;

/// <summary>The SQLite library of this process: the one in the package, or the system's if the operator chose it or the package has none.</summary>
/// <param name="Source">The library that was loaded, for example <c>libsqlite3.so.0</c>, or <c>bundled</c>.</param>
public sealed record SqliteLibrary(string Version, string Source);

/// <summary>Loads SQLite once for each process. The provider asks for <c>e_sqlite3</c>; the resolver returns the chosen library.</summary>
internal static class NativeSqlite
{
    /// <summary>The environment variable that chooses the library: <c>system</c> for the system's, any other value for the one in the package.</summary>
    public const string Variable = "WAGGLE_SQLITE";

    private const string Bundled = "bundled";
    private const string Other = "chosen by another component of this process";
    private const string BundledName = "e_sqlite3";
    private const int LeastVersion = 3_040_000;
    private const int ConfigMemoryStatus = 9;
    private const int NotFound = 12;

    // Lazy runs the load once for any number of threads, and gives every later caller the same exception.
    private static readonly Lazy<SqliteLibrary> Chosen = new(Load);

    // The binding has no sqlite3_file_control. The value is 0 if another component chose the library, whose handle is then unknown.
    private static nint FileControlFunction;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int IntFunction();

    public static SqliteLibrary Library => Chosen.Value;

    private static string[] SystemNames =>
        OperatingSystem.IsWindows() ? ["winsqlite3", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib", "libsqlite3.dylib"]
        : ["libsqlite3.so.0"];

    /// <summary>Calls <c>sqlite3_file_control</c> on the main database. Returns SQLITE_NOTFOUND if it cannot be called.</summary>
    public static unsafe int FileControl(sqlite3 db, int operation, void* argument)
    {
        if (FileControlFunction == 0) return NotFound;
        fixed (byte* main = "main\0"u8)
            return ((delegate* unmanaged[Cdecl]<nint, byte*, int, void*, int>)FileControlFunction)(db.DangerousGetHandle(), main, operation, argument);
    }

    private static SqliteLibrary Load()
    {
        var (library, source) = Choose();
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == BundledName ? library : 0);
        }
        catch (InvalidOperationException)
        {
            source = Other;
        }

        FileControlFunction = source != Other && NativeLibrary.TryGetExport(library, "sqlite3_file_control", out var address) ? address : 0;
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            raw.FreezeProvider();

            // SQLite counts every allocation under one mutex, which costs 5 % of a commit, and the store does not use the count. The call has no effect once
            // SQLite runs.
            _ = raw.sqlite3_config(ConfigMemoryStatus, 0);
            return new SqliteLibrary(raw.sqlite3_libversion().utf8_to_string(), source);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new StoreException("SQLite could not be loaded. Install Waggle for this platform again.", e);
        }
    }

    private static (nint Library, string Source) Choose()
    {
        var system = string.Equals(Environment.GetEnvironmentVariable(Variable), "system", StringComparison.OrdinalIgnoreCase);
        if (!system && NativeLibrary.TryLoad(BundledName, typeof(SQLite3Provider_e_sqlite3).Assembly, null, out var bundled))
            return (bundled, Bundled);

        foreach (var name in SystemNames)
        {
            if (TryLoadSystem(name, out var library))
                return (library, name);
        }

        var found = system ? $"{Variable}=system is set, and the system has no SQLite" : "The package has no SQLite for this platform, and the system has none";
        throw new StoreException(
            $"{found} of version 3.40 or newer ({string.Join(", ", SystemNames)}). Install it (Debian: "
                + $"libsqlite3-0){(system ? $" or unset {Variable}" : "")}.");
    }

    private static bool TryLoadSystem(string name, out nint library)
    {
        if (!NativeLibrary.TryLoad(name, out library))
            return false;
        if (Call(library, "sqlite3_libversion_number") >= LeastVersion && Call(library, "sqlite3_threadsafe") != 0)
            return true;

        NativeLibrary.Free(library);
        return false;
    }

    private static int Call(nint library, string function) =>
        NativeLibrary.TryGetExport(library, function, out var address) ? Marshal.GetDelegateForFunctionPointer<IntFunction>(address)() : 0;
}
