using Waggle.Core.Hives;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The parts of the hub whose health is told: each stands as its worst open alert says.</summary>
public static class Modules
{
    public const string OwnerLoop = "owner_loop";
    public const string Store = "store";
    public const string Delivery = "delivery";
    public const string Connections = "connections";
    public const string Retention = "retention";

    /// <summary>Each with what its trouble is felt in.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Affected { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        [OwnerLoop] = ["commands", "assignments", "timeouts"],
        [Store] = ["commands", "task_creation", "queries"],
        [Delivery] = ["subscriptions", "event_streams"],
        [Connections] = ["subscriptions", "new_clients"],
        [Retention] = ["disk_space"],
    };

    public static HealthStatus StatusOf(AlertLevel level) => level switch
    {
        AlertLevel.Critical => HealthStatus.Unhealthy,
        AlertLevel.Warning => HealthStatus.Degraded,
        _ => HealthStatus.Healthy,
    };

    /// <summary>A reading that does not call a store healthy that takes no creation, whatever alert could be stored about it.</summary>
    public static SystemView WithStore(SystemView reading, StoreHealth store) => store.TakesCreations ? reading : reading with
    {
        Status = HealthStatus.Unhealthy,
        Modules = new Dictionary<string, HealthStatus>(reading.Modules, StringComparer.Ordinal) { [Store] = HealthStatus.Unhealthy },
    };

    internal static HealthStatus StatusOf(IEnumerable<AlertEntity> open)
    {
        var worst = HealthStatus.Healthy;
        foreach (var alert in open)
        {
            if (StatusOf(alert.Fired.Level) is var status && status > worst) worst = status;
        }

        return worst;
    }

    internal static Dictionary<string, HealthStatus> All(IReadOnlyCollection<AlertEntity> open)
    {
        var all = new Dictionary<string, HealthStatus>(StringComparer.Ordinal);
        foreach (var module in Affected.Keys) all[module] = open.Count == 0 ? HealthStatus.Healthy : StatusOf(open.Where(a => a.Fired.Module == module));
        return all;
    }
}
