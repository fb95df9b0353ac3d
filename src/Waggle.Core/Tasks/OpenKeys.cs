using Waggle.Core.Kernel;
using Waggle.Core.Tasks.Matching;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks;

/// <summary>The keys of open tasks that a creation compares with. A creation compares within a swarm that its principal reaches.</summary>
internal interface IOpenKeys
{
    /// <summary>Returns the open task with a singleton key.</summary>
    string? Singleton(string swarm, string key);

    /// <summary>Returns the task with a debounce key that is in its quiet period.</summary>
    string? Debounced(string swarm, string key);

    /// <summary>Whether there is room for a rate limit that the hive does not have yet.</summary>
    bool TakesRate(string swarm, RateSpec rate);
}

/// <summary>The open task of each singleton key, and the quiet task of each debounce key. They follow from the tasks. Only the owner's loop uses it.</summary>
internal sealed class OpenKeys(RateLimits rates) : IOpenKeys
{
    private readonly Dictionary<(string Swarm, string Key), string> _singletons = [];
    private readonly Dictionary<(string Swarm, string Key), string> _debounced = [];

    public string? Singleton(string swarm, string key) => _singletons.GetValueOrDefault((swarm, key));

    public string? Debounced(string swarm, string key) => _debounced.GetValueOrDefault((swarm, key));

    public bool TakesRate(string swarm, RateSpec rate) => rates.Count < Limits.MaxRateKeys || rates[RateWindow.IdOf(swarm, rate)] is not null;

    /// <param name="isQuiet">Whether the task is in its quiet period.</param>
    public void Follow(TaskEntity task, bool isQuiet)
    {
        if (task.Spec.Singleton is { } singleton) Set(_singletons, (task.Swarm, singleton.Key), task.Id, !task.State.IsTerminal());
        if (task.Spec.Debounce is { } debounce) Set(_debounced, (task.Swarm, debounce.Key), task.Id, isQuiet);
    }

    public void Clear()
    {
        _singletons.Clear();
        _debounced.Clear();
    }

    private static void Set(Dictionary<(string Swarm, string Key), string> keys, (string Swarm, string Key) key, string task, bool isThere)
    {
        if (isThere) keys[key] = task;
        else if (keys.GetValueOrDefault(key) == task) keys.Remove(key);
    }
}

internal static class OpenKeysExtensions
{
    extension(IHiveView view)
    {
        public IOpenKeys OpenKeys => view.View<IOpenKeys>();
    }
}
