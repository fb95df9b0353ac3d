namespace Waggle.Core.Kernel;

/// <summary>
/// A type of command that changes how the hub works or what others do, so that the audit log keeps each use of it. A feature declares its own.
/// </summary>
internal abstract class AdministrativeCommand(Type type, string action)
{
    public Type Type => type;

    /// <summary>The name of the action, as waggle.v1 names the command.</summary>
    public string Action => action;

    /// <param name="name">The name of the action.</param>
    /// <param name="target">Returns the id of the object that the command changes.</param>
    /// <param name="action">Returns the name of the action, for a command that has several.</param>
    /// <param name="created">Returns the id of the object that the command created, from its result.</param>
    public static AdministrativeCommand Of<T>(string name, Func<T, string?> target, Func<T, string>? action = null, Func<object, string?>? created = null)
        where T : Command => new Typed<T>(name, target, action, created);

    /// <summary>Calls the hook after each decision of such a command.</summary>
    public abstract void Watch(CommandHooks hooks, Action<Command, string, string?, Decision> hook);

    private sealed class Typed<T>(string name, Func<T, string?> target, Func<T, string>? action, Func<object, string?>? created)
        : AdministrativeCommand(typeof(T), name)
        where T : Command
    {
        public override void Watch(CommandHooks hooks, Action<Command, string, string?, Decision> hook) => hooks.After<T>((command, decision) =>
        {
            var id = decision.Result is { } result ? created?.Invoke(result) : null;
            hook(command, action?.Invoke(command) ?? Action, id ?? target(command), decision);
        });
    }
}
