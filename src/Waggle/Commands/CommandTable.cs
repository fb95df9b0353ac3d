using System.CommandLine;
using Waggle.Commands.Operations;
using Waggle.Exec;

namespace Waggle.Commands;

/// <summary>Lists all commands in the order of help.</summary>
internal static class CommandTable
{
    private static readonly (string Name, Func<Command> Create)[] All =
    [
        ("serve", ServeCommand.Create),
        ("worker", WorkerCommand.Create),
        ("runner", RunnerCommand.Create),
        ("task", TaskCommands.Create),
        ("bulk", BulkCommands.Create),
        ("purge", PurgeCommand.Create),
        ("agent", AgentCommands.Create),
        ("swarm", SwarmCommands.Create),
        ("memory", MemoryCommands.Create),
        ("vote", VoteCommands.Create),
        ("workflow", WorkflowCommands.Create),
        ("schedule", ScheduleCommands.Create),
        ("cost", CostCommand.Create),
        ("budget", BudgetCommands.Create),
        ("question", QuestionCommands.Create),
        ("alerts", AlertCommands.Create),
        ("mcp", McpCommand.Create),
        ("token", TokenCommands.Create),
        ("audit", AuditCommand.Create),
        ("watch", WatchCommand.Create),
        ("logs", LogsCommand.Create),
        ("top", TopCommand.Create),
        ("completion", CompletionCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("backup", BackupCommand.CreateBackup),
        ("restore", BackupCommand.CreateRestore),
        ("demo", DemoCommand.Create),
        ("demo-worker", DemoWorkerCommand.Create),
    ];

    public static RootCommand Create() => Of(All);

    /// <summary>
    /// Creates the command that the arguments begin with, or all commands if they begin with none. A command loads the libraries of its options: those of
    /// <c>serve</c> belong to a hub, and a worker does not need them.
    /// </summary>
    public static RootCommand Create(IReadOnlyList<string> arguments) =>
        Of(arguments is [var first, ..] && Array.Find(All, command => command.Name == first) is { Create: not null } named ? [named] : All);

    private static RootCommand Of((string Name, Func<Command> Create)[] commands)
    {
        var root = new RootCommand(
            "Waggle: a real-time hub for swarms of AI agents. Agents receive tasks and report results; people watch and manage the swarms.");
        foreach (var command in commands) root.Add(command.Create());
        return root;
    }
}
