namespace Waggle.Core.Access;

/// <summary>What a permission of a token lets its bearer do: verb and resource as commands name them.</summary>
public sealed record Permission(string Name, string Meaning, params IReadOnlyList<string> Grants);

/// <summary>A name for several permissions.</summary>
public sealed record Role(string Name, string Meaning, params IReadOnlyList<string> Permissions);

/// <summary>The vocabulary of tokens, as data. docs/auth.md has a row for each; a test compares the two.</summary>
public static class Permissions
{
    public const string Everything = "*";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new("read:system", "Figures, connections and alerts.", "read:system"),
        new("read:swarms", "See swarms and hear their records.", "read:swarms"),
        new("read:agents", "See agents and hear their records.", "read:agents"),
        new("read:tasks", "See tasks, their results and logs, and hear their records.", "read:tasks"),
        new("read:app", "Hear what applications publish.", "read:app"),
        new("work:tasks", "Speak for an agent: take tasks and report on them.", "work:tasks"),
        new("write:swarms", "Create swarms; all of read:swarms.", "write:swarms", "read:swarms"),
        new("write:agents", "Drain and remove agents; all of read:agents.", "write:agents", "read:agents"),
        new("write:tasks", "Create, cancel, retry and prioritize tasks; all of read:tasks.", "write:tasks", "read:tasks"),
        new("write:system", "Acknowledge alerts; all of read:system.", "write:system", "read:system"),
        new("write:app", "Publish under app.; all of read:app.", "write:app", "read:app"),
        new("admin:neural", "Reserved: nothing asks for it yet.", "admin:neural", "write:neural", "read:neural"),
        new("admin:system", "Everything, other people's private topics included.", Everything),
    ];

    public static IReadOnlyList<Role> Roles { get; } =
    [
        new("observer", "Sees and hears everything that is not private, changes nothing.", "read:system", "read:swarms", "read:agents", "read:tasks", "read:app"),
        new("worker", "Works on tasks.", "work:tasks", "read:tasks", "write:app"),
        new("operator", "Runs the swarms.", "write:system", "write:swarms", "write:agents", "write:tasks", "write:app"),
        new("admin", "Everything.", "admin:system"),
    ];

    private static readonly Dictionary<string, IReadOnlyList<string>> Grants = All.ToDictionary(p => p.Name, p => p.Grants, StringComparer.Ordinal);

    private static readonly Dictionary<string, IReadOnlyList<string>> ByRole = Roles.ToDictionary(r => r.Name, r => r.Permissions, StringComparer.Ordinal);

    /// <summary>What a token's permissions and roles come to. Names that are not ours are another application's and grant nothing here.</summary>
    public static IReadOnlySet<string> Expand(IEnumerable<string> permissions, IEnumerable<string> roles) =>
        permissions.Concat(roles.SelectMany(r => ByRole.GetValueOrDefault(r, []))).SelectMany(p => Grants.GetValueOrDefault(p, [])).ToHashSet(StringComparer.Ordinal);
}
