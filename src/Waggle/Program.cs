using Waggle.Commands;
using Waggle.Shared;

return await Cli.RunAsync(CommandTable.Create(args), args);
