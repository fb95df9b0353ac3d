using Waggle.Protocol.Model;

namespace Waggle.Core.Bulk;

/// <summary>Compares specs. A record compares its lists by reference. Pure.</summary>
internal static class BulkSpecs
{
    public static bool Same(BulkSpec a, BulkSpec b) =>
        StatesOf(a).SetEquals(StatesOf(b)) && WithoutStates(a) == WithoutStates(b);

    private static HashSet<TaskState> StatesOf(BulkSpec spec) => [.. spec.Filter.States ?? []];

    private static BulkSpec WithoutStates(BulkSpec spec) => spec with { Filter = spec.Filter with { States = null } };
}
