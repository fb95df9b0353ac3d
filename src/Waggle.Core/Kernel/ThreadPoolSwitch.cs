using System.Runtime.CompilerServices;

namespace Waggle.Core.Kernel;

/// <summary>
/// Moves work to the thread pool. An embedded store runs on the calling thread, and that may be the thread that reads all sockets (docs/adr/0012).
/// </summary>
internal static class ThreadPoolSwitch
{
    /// <summary>Continues after the await on a thread of the pool.</summary>
    public static ConfiguredTaskAwaitable Switch() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
