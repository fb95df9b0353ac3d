using System.CommandLine;
using Waggle.Commands.Operations;

namespace Waggle.Commands;

/// <summary>All commands, as help lists them.</summary>
internal static class CommandTable
{
    public static RootCommand Create() => new("Waggle: the real-time hub that swarms of AI agents work through and that people watch and steer them through.")
    {
        ServeCommand.Create(),
        WorkerCommand.Create(),
        TaskCommands.Create(),
        AgentCommands.Create(),
        SwarmCommands.Create(),
        MemoryCommands.Create(),
        AlertCommands.Create(),
        TokenCommands.Create(),
        WatchCommand.Create(),
        LogsCommand.Create(),
        TopCommand.Create(),
        CompletionCommand.Create(),
        DoctorCommand.Create(), BackupCommand.CreateBackup(), BackupCommand.CreateRestore(),
        DemoCommand.Create(),
        DemoWorkerCommand.Create(),
    };
}
