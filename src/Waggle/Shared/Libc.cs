using System.Runtime.InteropServices;

namespace Waggle.Shared;

/// <summary>The functions of the C library that .NET does not offer. The constants are those of Linux (glibc and musl) and macOS.</summary>
internal static partial class Libc
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int Interrupted = 4;

    /// <summary>The bytes for posix_spawnattr_t, posix_spawn_file_actions_t, sigset_t and siginfo_t; the largest of them has 336.</summary>
    public const int OpaqueSize = 512;

    public const short SpawnSetSigDef = 0x04;
    public const short SpawnSetSigMask = 0x08;

    public const int ById = 1;
    public const int WaitExited = 4;
    public const int WaitNoHang = 1;

    public static short SpawnSetSid => OperatingSystem.IsMacOS() ? (short)0x400 : (short)0x80;

    /// <summary>Waits for the end of a process but leaves the zombie, which keeps the number of its group from being reused.</summary>
    public static int WaitNoReap => OperatingSystem.IsMacOS() ? 0x20 : 0x0100_0000;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int posix_spawn(out int pid, string path, nint actions, nint attributes, nint[] arguments, nint[] environment);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(nint attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_destroy(nint attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(nint attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigdefault(nint attributes, nint signals);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(nint attributes, nint signals);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(nint actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(nint actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(nint actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int sigemptyset(nint signals);

    [LibraryImport("libc")]
    public static partial int sigaddset(nint signals, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitid(int kind, int id, nint info, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int waitpid(int pid, out int status, int options);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    /// <summary>Replaces the program of this process. Returns only on failure.</summary>
    /// <param name="arguments">The first one is the program's name; null ends them.</param>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int execv(string path, string?[] arguments);

    [LibraryImport("libc")]
    private static partial int poll(ref PollEntry entries, nuint count, int timeout);

    /// <summary>Whether the other end of a pipe or terminal is closed. Does not block.</summary>
    public static bool HasHungUp(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Wanted = 0, Happened = 0 };
        return poll(ref entry, 1, 0) > 0 && (entry.Happened & (PollError | PollHungUp)) != 0;
    }

    private const short PollError = 8;
    private const short PollHungUp = 16;

    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}
