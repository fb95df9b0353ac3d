using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// The hive's state as a decision sees it, at the decision's place in the batch. Each feature extends this interface with members over its own view. It
/// includes the cold entities whose keys the command named.
/// </summary>
public interface IHiveView
{
    string Hive { get; }
    long Epoch { get; }

    /// <summary>The offset of the next durable record.</summary>
    long NextOffset { get; }

    /// <summary>Returns whether a cold entity exists, even if the principal does not see it. The command must have named its key.</summary>
    bool IsTaken(EntityKey key);

    /// <summary>Returns the view of a feature by its number, see <see cref="Kernel.ViewTable"/>.</summary>
    internal object ViewAt(int slot);
}
