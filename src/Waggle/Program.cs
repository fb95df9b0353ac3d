using System.CommandLine;
using Waggle.Bench;
using Waggle.Commands;

var root = new RootCommand("Waggle: the real-time hub that swarms of AI agents work through and that people watch and steer them through.")
{
    ServeCommand.Create(),
    BenchCommand.Create(),
    BenchWorker.Create(),
    DemoCommand.Create(), DemoWorkerCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
