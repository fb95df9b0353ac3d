using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Insight;

/// <summary>The parts of the hub that have a health. The worst open alert of a part determines its health.</summary>
public static class Modules
{
    public const string OwnerLoop = "owner_loop";
    public const string Store = "store";
    public const string Delivery = "delivery";
    public const string Connections = "connections";
    public const string Retention = "retention";

    /// <summary>The parts, each with the functions that suffer from its fault.</summary>
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

    /// <summary>Corrects a reading so that it never shows a store as healthy that accepts no creation, even if no alert about it could be stored.</summary>
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
