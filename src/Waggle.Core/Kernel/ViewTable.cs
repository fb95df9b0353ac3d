using Waggle.Core.Hives;

namespace Waggle.Core.Kernel;

/// <summary>The views that features offer to decisions, by type.</summary>
internal sealed class ViewTable
{
    private static int Slots;
    private object?[] _whole = [];
    private Func<object, IHiveView, Principal, object>?[] _limits = [];

    /// <param name="limit">The view of a principal that is limited to swarms.</param>
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

    public T Get<T>()
        where T : class => (T)_whole[Slot<T>.Index]!;

    public T Limited<T>(IHiveView limited, Principal by)
        where T : class => (T)_limits[Slot<T>.Index]!(Get<T>(), limited, by);

    // An index a type: a decision asks for views far too often for a dictionary.
    private static class Slot<T>
    {
        public static readonly int Index = Interlocked.Increment(ref Slots) - 1;
    }
}
