namespace Waggle.Core.Tasks.Matching;

/// <summary>The part of a task that determines which agents qualify: the swarm, the capabilities and the type, or one agent by name.</summary>
internal sealed class TaskNeed
{
    private TaskNeed(
        string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo, IReadOnlyList<string>? exclude = null)
    {
        Exclude = exclude is { Count: > 0 } ? exclude : null;
        Swarm = swarm;
        Requires = requires is { Count: > 0 } ? requires : null;
        Type = type;
        AssignTo = assignTo;
        Capabilities = Requires is null ? [] : [.. Requires.Keys.Order(StringComparer.Ordinal)];
        Least = LeastOf(Requires);
        var group = $"{swarm}/{assignTo}/{type}/{string.Join(',', Capabilities)}";
        if (Exclude is not null) group += $"/-{string.Join(',', Exclude.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}";
        Key = Requires is null ? group : $"{group}/{string.Join(',', Capabilities.Select(c => $"{Requires[c]:R}"))}";
        GroupKey = Least is null || assignTo is not null ? Key + "!" : group;
    }

    public string Key { get; }

    /// <summary>The key of the group. Needs of one group have the same type and capabilities and differ only in the required proficiencies.</summary>
    public string GroupKey { get; }

    public string Swarm { get; }

    public IReadOnlyDictionary<string, double>? Requires { get; }

    /// <summary>The type of tasks that the agents must take.</summary>
    public string? Type { get; }

    public string? AssignTo { get; }

    /// <summary>The agents that may not have the task; null for none.</summary>
    public IReadOnlyList<string>? Exclude { get; }

    /// <summary>The required capabilities in order.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>
    /// The one proficiency that all required capabilities share. Null if they differ, because an agent's least proficiency then does not decide whether it
    /// qualifies.
    /// </summary>
    public double? Least { get; }

    public static TaskNeed Of(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo) =>
        new(swarm, requires, type, assignTo);

    /// <param name="barred">The agents that may not have the task for now, beside those that it excludes; null for none.</param>
    public static TaskNeed Of(TaskEntity task, IReadOnlyList<string>? barred = null) => new(
        task.Swarm, task.Spec.Requires, task.Spec.Type, task.OnlyFor, barred is null ? task.Spec.Exclude : [.. task.Spec.Exclude ?? [], .. barred]);

    private static double? LeastOf(IReadOnlyDictionary<string, double>? requires)
    {
        if (requires is null) return 0;
        double? least = null;
        foreach (var value in requires.Values)
        {
            if (least is { } other && !other.Equals(value)) return null;
            least = value;
        }

        return least;
    }
}
