using System.CommandLine;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle serve</c>: runs a hub until a signal stops it.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var settings = new ServeSettings();
        var json = HubOptions.CreateJson();
        var command = new Command("serve", "Run a hub. Prints 'ready http://HOST:PORT' once it accepts connections; logs go to standard error.");
        settings.AddTo(command);
        command.Add(json);
        command.SetAction((parse, _) => ServeRunner.RunAsync(
            settings.Options(parse), settings.Logs(parse), settings.Note, settings.Runner(parse), parse.GetValue(json)));
        return command;
    }
}
