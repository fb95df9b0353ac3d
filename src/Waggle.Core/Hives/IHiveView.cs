using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>
/// What a decision may look at: the hive's state as it is at this place in the batch. Each feature adds members to this interface over the view that it offers.
/// Cold entities are there if the command named their keys.
/// </summary>
public interface IHiveView
{
    string Hive { get; }
    long Epoch { get; }

    /// <summary>The offset that the next durable record will have.</summary>
    long NextOffset { get; }

    /// <summary>Whether a cold entity that was asked for is there, also where the principal does not see it.</summary>
    bool IsTaken(EntityKey key);

    /// <summary>The view of a feature by its number, see <see cref="Kernel.ViewTable"/>.</summary>
    internal object ViewAt(int slot);
}
