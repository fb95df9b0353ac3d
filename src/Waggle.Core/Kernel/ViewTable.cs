using System.Runtime.CompilerServices;

namespace Waggle.Core.Kernel;

/// <summary>The views that features offer to decisions, by type.</summary>
internal sealed class ViewTable
{
    private static int Slots;
    private object?[] _whole = [];
    private Func<object, IHiveView, Principal, object>?[] _limits = [];

    /// <param name="limit">Returns the view of a principal that is limited to swarms.</param>
    public void Add<T>(T whole, Limit<T> limit)
        where T : class
    {
        var slot = Slot<T>.Index;
        if (slot >= _whole.Length)
        {
            Array.Resize(ref _whole, slot + 1);
            Array.Resize(ref _limits, slot + 1);
        }

        _whole[slot] = whole;
        _limits[slot] = (all, limited, by) => limit((T)all, limited, by);
    }

    /// <summary>Returns the number of a view's type in this process.</summary>
    public static int SlotOf<T>()
        where T : class => Slot<T>.Index;

    public object At(int slot) => _whole[slot]!;

    public object LimitedAt(int slot, IHiveView limited, Principal by) => _limits[slot]!(_whole[slot]!, limited, by);

    // Each type has an index, because a decision asks for views far too often for a dictionary.
    private static class Slot<T>
    {
        public static readonly int Index = Interlocked.Increment(ref Slots) - 1;
    }
}

internal static class HiveViews
{
    extension(IHiveView view)
    {
        /// <summary>Returns a feature's view for decisions, limited to the reach of the principal.</summary>
        public T View<T>()
            where T : class => Unsafe.As<T>(view.ViewAt(ViewTable.SlotOf<T>()));
    }
}
