using System.ComponentModel;
using System.Runtime.InteropServices;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>Calls posix_spawn; allocates and frees the C structures that it needs.</summary>
internal static class Spawner
{
    // The child would inherit the signals that .NET ignores or blocks: a shell without SIGPIPE does not end 'yes | head'.
    private static readonly int[] DefaultSignals = [2, 3, 13, 15, OperatingSystem.IsMacOS() ? 20 : 17];

    /// <summary>Starts the leader of a new session with the given descriptors, from 0 on. The process inherits nothing else.</summary>
    public static int Start(string[] arguments, IReadOnlyDictionary<string, string> environment, int[] streams)
    {
        var texts = new List<nint>();
        var blocks = new nint[4];
        for (var i = 0; i < blocks.Length; i++) blocks[i] = Marshal.AllocHGlobal(Libc.OpaqueSize);
        var (attributes, actions, signals, none) = (blocks[0], blocks[1], blocks[2], blocks[3]);
        Must(Libc.posix_spawnattr_init(attributes));
        Must(Libc.posix_spawn_file_actions_init(actions));
        try
        {
            Must(Libc.sigemptyset(none));
            Must(Libc.sigemptyset(signals));
            foreach (var signal in DefaultSignals) Must(Libc.sigaddset(signals, signal));
            Must(Libc.posix_spawnattr_setsigdefault(attributes, signals));
            Must(Libc.posix_spawnattr_setsigmask(attributes, none));
            Must(Libc.posix_spawnattr_setflags(attributes, (short)(Libc.SpawnSetSid | Libc.SpawnSetSigDef | Libc.SpawnSetSigMask)));
            for (var i = 0; i < streams.Length; i++) Must(Libc.posix_spawn_file_actions_adddup2(actions, streams[i], i));
            var error = Libc.posix_spawn(
                out var pid, arguments[0], actions, attributes, Texts(arguments, texts), Texts(environment.Select(v => $"{v.Key}={v.Value}"), texts));
            Must(error);
            return pid;
        }
        finally
        {
            Must(Libc.posix_spawn_file_actions_destroy(actions));
            Must(Libc.posix_spawnattr_destroy(attributes));
            foreach (var block in blocks) Marshal.FreeHGlobal(block);
            foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        }
    }

    private static void Must(int error)
    {
        if (error != 0) throw new IOException($"A process cannot be started: {new Win32Exception(error).Message}.");
    }

    private static nint[] Texts(IEnumerable<string> values, List<nint> made)
    {
        var from = made.Count;
        made.AddRange(values.Select(Marshal.StringToCoTaskMemUTF8));
        return [.. made.Skip(from), 0];
    }
}
