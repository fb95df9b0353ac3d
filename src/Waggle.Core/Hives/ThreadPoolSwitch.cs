using System.Runtime.CompilerServices;

namespace Waggle.Core.Hives;

/// <summary>An embedded store works where it is asked, and who asks may be the thread that reads all sockets (docs/adr/0012).</summary>
internal static class ThreadPoolSwitch
{
    /// <summary>What follows the await runs on a thread of the pool.</summary>
    public static ConfiguredTaskAwaitable Switch() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
