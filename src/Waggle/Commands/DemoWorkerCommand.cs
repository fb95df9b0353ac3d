using System.CommandLine;
using System.Diagnostics;
using Waggle.Survey.Workers;

namespace Waggle.Commands;

/// <summary><c>waggle demo-worker</c>: the command that <c>waggle demo</c> starts; not for users.</summary>
internal static class DemoWorkerCommand
{
    private const string Name = "demo-worker";

    public static Command Create()
    {
        var role = new Option<string>("--role") { Required = true };
        var name = new Option<string>("--name") { Required = true };
        var url = new Option<Uri>("--url") { Required = true, CustomParser = value => new Uri(value.Tokens[0].Value) };
        var swarm = new Option<string>("--swarm") { Required = true };
        var dir = new Option<string>("--dir") { Required = true };
        var output = new Option<string>("--out") { Required = true };
        var slots = new Option<int>("--slots") { Required = true };
        var command = new Command(Name, "A worker of 'waggle demo'. It ends when its standard input ends.") { role, name, url, swarm, dir, output, slots };
        command.Hidden = true;
        command.SetAction((parse, _) => DemoWorker.RunAsync(new DemoWorkerOptions(
            parse.GetValue(role)!, parse.GetValue(name)!, parse.GetValue(url)!, parse.GetValue(swarm)!, parse.GetValue(dir)!, parse.GetValue(output)!,
            parse.GetValue(slots))));
        return command;
    }

    /// <summary>Returns how to start this program as a worker with these options.</summary>
    public static ProcessStartInfo Start(DemoWorkerOptions options) => Self.Start(
        Name,
        "--role", options.Role,
        "--name", options.Name,
        "--url", options.Url.ToString(),
        "--swarm", options.Swarm,
        "--dir", options.Directory,
        "--out", options.Out,
        "--slots", $"{options.Slots}");
}
