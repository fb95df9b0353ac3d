namespace Waggle.Core.Access;

/// <summary>A permission of a token and the commands that it grants: verb and resource as commands name them.</summary>
public sealed record Permission(string Name, string Meaning, params IReadOnlyList<string> Grants);

/// <summary>A name for several permissions.</summary>
public sealed record Role(string Name, string Meaning, params IReadOnlyList<string> Permissions);

/// <summary>The permissions and roles of tokens, as data. docs/auth.md has a row for each; a test compares the two.</summary>
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
    public const string ReadMemory = "read:memory";
    public const string ReadVotes = "read:votes";
    public const string ReadWorkflows = "read:workflows";
    public const string ReadAudit = "read:audit";
    public const string WorkTasks = "work:tasks";
    public const string WorkVotes = "work:votes";
    public const string WorkRunners = "work:runners";
    public const string WriteSwarms = "write:swarms";
    public const string WriteAgents = "write:agents";
    public const string WriteTasks = "write:tasks";
    public const string WriteSystem = "write:system";
    public const string WriteApp = "write:app";
    public const string WriteChat = "write:chat";
    public const string WriteNotifications = "write:notifications";
    public const string WriteMemory = "write:memory";
    public const string WriteVotes = "write:votes";
    public const string WriteQuestions = "write:questions";
    public const string WriteRunners = "write:runners";
    public const string WriteWorkflows = "write:workflows";
    public const string WriteTokens = "write:tokens";
    public const string AdminNeural = "admin:neural";
    public const string AdminSystem = "admin:system";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ReadSystem, "Figures, connections and alerts.", ReadSystem),
        new(ReadSwarms, "Read swarms and receive their records.", ReadSwarms),
        new(ReadAgents, "Read agents and receive their records.", ReadAgents),
        new(ReadTasks, "Read tasks, their results and logs, and receive their records.", ReadTasks),
        new(ReadApp, "Receive the messages that applications publish.", ReadApp),
        new(ReadPresence, "Read the presence of users, and set one's own presence.", ReadPresence),
        new(ReadChat, "Read conversations and receive their messages.", ReadChat),
        new(ReadNotifications, "Receive and list notifications for all users and for oneself.", ReadNotifications),
        new(ReadMemory, "Read and search memory entries and receive the records of their changes.", ReadMemory),
        new(ReadVotes, "Read proposals and their ballots, and receive their records.", ReadVotes),
        new(ReadWorkflows, "Read workflows, their runs and steps, and receive their records.", ReadWorkflows),
        new(ReadAudit, "Read the audit log and receive the records of revoked tokens.", ReadAudit),
        new(WorkTasks, "Act as an agent: receive tasks and report on them.", WorkTasks),
        new(WorkVotes, "Vote on proposals; includes read:votes.", WorkVotes, ReadVotes),
        new(WorkRunners, "Act as a runner: announce templates and start the processes that the hub requests.", WorkRunners),
        new(WriteSwarms, "Create swarms; includes read:swarms.", WriteSwarms, ReadSwarms),
        new(WriteAgents, "Drain and remove agents; includes read:agents.", WriteAgents, ReadAgents),
        new(WriteTasks, "Create, cancel, retry and prioritize tasks; includes read:tasks.", WriteTasks, ReadTasks),
        new(WriteSystem, "Acknowledge alerts; includes read:system.", WriteSystem, ReadSystem),
        new(WriteApp, "Publish under app.; includes read:app.", WriteApp, ReadApp),
        new(WriteChat, "Create conversations and post in them; includes read:chat.", WriteChat, ReadChat),
        new(WriteNotifications, "Notify all users or one user; includes read:notifications.", WriteNotifications, ReadNotifications),
        new(WriteMemory, "Put and delete memory entries; includes read:memory.", WriteMemory, ReadMemory),
        new(WriteVotes, "Open and withdraw proposals, and vote; includes work:votes and read:votes.", WriteVotes, WorkVotes, ReadVotes),
        new(WriteQuestions, "Answer the questions of tasks; includes read:tasks.", WriteQuestions, ReadTasks),
        new(WriteRunners, "Start and stop agents on runners; includes read:agents.", WriteRunners, ReadAgents),
        new(
            WriteWorkflows, "Define and delete workflows; start, signal, retry and cancel runs, which create tasks; includes read:workflows.",
            WriteWorkflows, ReadWorkflows),
        new(WriteTokens, "Revoke tokens.", WriteTokens),
        new(AdminNeural, "Reserved: nothing asks for it yet.", AdminNeural, "write:neural", "read:neural"),
        new(AdminSystem, "All permissions, including other users' private topics.", Everything),
    ];

    public static IReadOnlyList<Role> Roles { get; } =
    [
        new("observer", "Reads and receives everything that is not private; changes nothing.",
            ReadSystem, ReadSwarms, ReadAgents, ReadTasks, ReadApp, ReadPresence, ReadChat, ReadNotifications, ReadMemory, ReadVotes, ReadWorkflows),
        new("worker", "Works on tasks.", WorkTasks, ReadTasks, WriteApp, WriteChat, WriteMemory, WriteVotes),
        new("runner", "Starts the processes of agents.", WorkRunners),
        new("operator", "Runs the swarms.",
            WriteSystem, WriteSwarms, WriteAgents, WriteTasks, WriteApp, ReadPresence, WriteChat, WriteNotifications, WriteMemory, WriteVotes, WriteQuestions,
            WriteRunners, WriteWorkflows),
        new("admin", "Everything.", AdminSystem),
    ];

    private static readonly Dictionary<string, IReadOnlyList<string>> Grants = All.ToDictionary(p => p.Name, p => p.Grants, StringComparer.Ordinal);

    private static readonly Dictionary<string, IReadOnlyList<string>> ByRole = Roles.ToDictionary(r => r.Name, r => r.Permissions, StringComparer.Ordinal);

    /// <summary>
    /// Returns all permissions that a token's permissions and roles grant. A name that the hub does not define belongs to another application and grants
    /// nothing.
    /// </summary>
    public static IReadOnlySet<string> Expand(IEnumerable<string> permissions, IEnumerable<string> roles) =>
        permissions.Concat(roles.SelectMany(r => ByRole.GetValueOrDefault(r, [])))
            .SelectMany(p => Grants.GetValueOrDefault(p, [])).ToHashSet(StringComparer.Ordinal);
}
