namespace Waggle.Core.Access;

/// <summary>What a permission of a token lets its bearer do: verb and resource as commands name them.</summary>
public sealed record Permission(string Name, string Meaning, params IReadOnlyList<string> Grants);

/// <summary>A name for several permissions.</summary>
public sealed record Role(string Name, string Meaning, params IReadOnlyList<string> Permissions);

/// <summary>The vocabulary of tokens, as data. docs/auth.md has a row for each; a test compares the two.</summary>
public static class Permissions
{
    public const string Everything = "*";
    public const string ReadSystem = "read:system";
    public const string ReadSwarms = "read:swarms";
    public const string ReadAgents = "read:agents";
    public const string ReadTasks = "read:tasks";
    public const string ReadApp = "read:app";
    public const string ReadPresence = "read:presence";
    public const string ReadChat = "read:chat";
    public const string ReadNotifications = "read:notifications";
    public const string WorkTasks = "work:tasks";
    public const string WriteSwarms = "write:swarms";
    public const string WriteAgents = "write:agents";
    public const string WriteTasks = "write:tasks";
    public const string WriteSystem = "write:system";
    public const string WriteApp = "write:app";
    public const string WriteChat = "write:chat";
    public const string WriteNotifications = "write:notifications";
    public const string AdminNeural = "admin:neural";
    public const string AdminSystem = "admin:system";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ReadSystem, "Figures, connections and alerts.", ReadSystem),
        new(ReadSwarms, "See swarms and hear their records.", ReadSwarms),
        new(ReadAgents, "See agents and hear their records.", ReadAgents),
        new(ReadTasks, "See tasks, their results and logs, and hear their records.", ReadTasks),
        new(ReadApp, "Hear what applications publish.", ReadApp),
        new(ReadPresence, "See which users are here, and say how one is here oneself.", ReadPresence),
        new(ReadChat, "Read conversations and hear what is said in them.", ReadChat),
        new(ReadNotifications, "Hear and list what everybody, or oneself, is to know.", ReadNotifications),
        new(WorkTasks, "Speak for an agent: take tasks and report on them.", WorkTasks),
        new(WriteSwarms, "Create swarms; all of read:swarms.", WriteSwarms, ReadSwarms),
        new(WriteAgents, "Drain and remove agents; all of read:agents.", WriteAgents, ReadAgents),
        new(WriteTasks, "Create, cancel, retry and prioritize tasks; all of read:tasks.", WriteTasks, ReadTasks),
        new(WriteSystem, "Acknowledge alerts; all of read:system.", WriteSystem, ReadSystem),
        new(WriteApp, "Publish under app.; all of read:app.", WriteApp, ReadApp),
        new(WriteChat, "Open conversations and post in them; all of read:chat.", WriteChat, ReadChat),
        new(WriteNotifications, "Notify everybody or one user; all of read:notifications.", WriteNotifications, ReadNotifications),
        new(AdminNeural, "Reserved: nothing asks for it yet.", AdminNeural, "write:neural", "read:neural"),
        new(AdminSystem, "Everything, other people's private topics included.", Everything),
    ];

    public static IReadOnlyList<Role> Roles { get; } =
    [
        new("observer", "Sees and hears everything that is not private, changes nothing.", ReadSystem, ReadSwarms, ReadAgents, ReadTasks, ReadApp, ReadPresence, ReadChat, ReadNotifications),
        new("worker", "Works on tasks.", WorkTasks, ReadTasks, WriteApp, WriteChat),
        new("operator", "Runs the swarms.", WriteSystem, WriteSwarms, WriteAgents, WriteTasks, WriteApp, ReadPresence, WriteChat, WriteNotifications),
        new("admin", "Everything.", AdminSystem),
    ];

    private static readonly Dictionary<string, IReadOnlyList<string>> Grants = All.ToDictionary(p => p.Name, p => p.Grants, StringComparer.Ordinal);

    private static readonly Dictionary<string, IReadOnlyList<string>> ByRole = Roles.ToDictionary(r => r.Name, r => r.Permissions, StringComparer.Ordinal);

    /// <summary>What a token's permissions and roles come to. Names that are not ours are another application's and grant nothing here.</summary>
    public static IReadOnlySet<string> Expand(IEnumerable<string> permissions, IEnumerable<string> roles) =>
        permissions.Concat(roles.SelectMany(r => ByRole.GetValueOrDefault(r, []))).SelectMany(p => Grants.GetValueOrDefault(p, [])).ToHashSet(StringComparer.Ordinal);
}
