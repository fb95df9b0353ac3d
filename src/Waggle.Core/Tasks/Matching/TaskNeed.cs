namespace Waggle.Core.Tasks.Matching;

/// <summary>Which agents can have a task, as far as the task says: of which swarm, with which capabilities, or one by name.</summary>
internal sealed class TaskNeed
{
    private TaskNeed(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo)
    {
        Swarm = swarm;
        Requires = requires is { Count: > 0 } ? requires : null;
        Type = type;
        AssignTo = assignTo;
        Capabilities = Requires is null ? [] : [.. Requires.Keys.Order(StringComparer.Ordinal)];
        Least = LeastOf(Requires);
        var group = $"{swarm}/{assignTo}/{type}/{string.Join(',', Capabilities)}";
        Key = Requires is null ? group : $"{group}/{string.Join(',', Capabilities.Select(c => $"{Requires[c]:R}"))}";
        GroupKey = Least is null || assignTo is not null ? Key + "!" : group;
    }

    public string Key { get; }

    /// <summary>Needs of one group have one type and ask the same capabilities, and differ in nothing but how much of them.</summary>
    public string GroupKey { get; }

    public string Swarm { get; }

    public IReadOnlyDictionary<string, double>? Requires { get; }

    /// <summary>Its agents take tasks of this type.</summary>
    public string? Type { get; }

    public string? AssignTo { get; }

    /// <summary>The required capabilities in order.</summary>
    public IReadOnlyList<string> Capabilities { get; }

    /// <summary>
    /// The one proficiency that all required capabilities must have; null where they differ, so that the least of an agent's does not say whether it is able.
    /// </summary>
    public double? Least { get; }

    public static TaskNeed Of(string swarm, IReadOnlyDictionary<string, double>? requires, string? type, string? assignTo) =>
        new(swarm, requires, type, assignTo);

    public static TaskNeed Of(TaskEntity task) => new(task.Swarm, task.Spec.Requires, task.Spec.Type, task.Spec.AssignTo);

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
