using System.CommandLine;
using Waggle.Exec;
using Waggle.Shared;

var root = new RootCommand("The worker of Waggle: run any program as an agent.") { WorkerCommand.Create(models: null) };
return await Cli.RunAsync(root, args is ["worker", ..] or ["--version"] ? args : ["worker", .. args]);
