using Waggle;
using Waggle.Commands;
using Waggle.Shared;

NativeWorker.Replace(args);
return await Cli.RunAsync(CommandTable.Create(args), args);
