using Waggle.Commands;
using Waggle.Commands.Shared;

return await Cli.RunAsync(CommandTable.Create(args), args);
