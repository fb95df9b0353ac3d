using Waggle.Core.Kernel;
using Waggle.Core.Ports;

namespace Waggle.Core.Access;

/// <summary>
/// The hive as a principal that is limited to swarms sees it. Data of other swarms is absent, so no command can show or change it. A command that creates an
/// entity under a name of the client's choice checks the whole hive, see <see cref="Command.Refusal"/>.
/// </summary>
internal sealed class ReachableView(HiveContext whole, Principal by) : IHiveView
{
    private readonly Dictionary<int, object> _views = [];

    public string Hive => whole.Hive;

    public long Epoch => whole.Epoch;

    public long NextOffset => whole.NextOffset;

    public bool IsTaken(EntityKey key) => whole.IsTaken(key);

    // The first decision that needs a view creates it; a decision needs few views.
    object IHiveView.ViewAt(int slot) => _views.TryGetValue(slot, out var view) ? view : _views[slot] = whole.Views.LimitedAt(slot, this, by);
}
