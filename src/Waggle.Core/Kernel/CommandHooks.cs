
namespace Waggle.Core.Kernel;

/// <summary>
/// The hooks that features run before and after the decision of a command, by the type of the command. A hook of a type also runs for derived types. Only
/// the owner's loop uses it.
/// </summary>
internal sealed class CommandHooks
{
    private readonly Dictionary<Type, List<Action<Command, Action<RecordData>>>> _before = [];
    private readonly Dictionary<Type, List<Action<Command, Decision>>> _after = [];
    private readonly Dictionary<Type, Resolved> _resolved = [];

    public void Before<T>(Action<T, Action<RecordData>> hook)
        where T : Command => ListOf(_before, typeof(T)).Add((command, apply) => hook((T)command, apply));

    public void After<T>(Action<T, Decision> hook)
        where T : Command => ListOf(_after, typeof(T)).Add((command, decision) => hook((T)command, decision));

    public void RunBefore(Command command, Action<RecordData> apply)
    {
        foreach (var hook in For(command).Before) hook(command, apply);
    }

    public void RunAfter(Command command, Decision decision)
    {
        foreach (var hook in For(command).After) hook(command, decision);
    }

    private Resolved For(Command command)
    {
        var type = command.GetType();
        if (!_resolved.TryGetValue(type, out var hooks)) _resolved[type] = hooks = new(Collect(_before, type), Collect(_after, type));
        return hooks;
    }

    private static List<T> ListOf<T>(Dictionary<Type, List<T>> lists, Type type)
    {
        if (!lists.TryGetValue(type, out var list)) lists[type] = list = [];
        return list;
    }

    private static T[] Collect<T>(Dictionary<Type, List<T>> lists, Type command)
    {
        var found = new List<T>();
        for (var type = command; type is not null; type = type.BaseType)
        {
            if (lists.TryGetValue(type, out var list)) found.AddRange(list);
        }

        return [.. found];
    }

    private sealed record Resolved(Action<Command, Action<RecordData>>[] Before, Action<Command, Decision>[] After);
}
