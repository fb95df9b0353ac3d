using System.CommandLine;
using Waggle.Commands.Shared;
using Waggle.Server;
using Waggle.Storage.Sqlite;
using HiveOptions = Waggle.Core.Hives.HiveOptions;

namespace Waggle.Commands;

/// <summary><c>waggle serve</c>: a hub until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var standard = new HiveOptions();
        var host = new Option<string>("--host") { Description = "Where to listen; loopback only.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = Numbers.Option("--port", "0: any free one.", least: 0, most: 65_535, standard: 3000);
        var data = new Option<string>("--data") { Description = "The data folder; made if it does not exist.", DefaultValueFactory = _ => "waggle-data" };
        var origins = new Option<string[]>("--allow-origin") { Description = "Origin of a web page that may connect, for example http://localhost:5173. May be repeated." };
        var lease = Numbers.Option("--lease-ms", "How long an assignment holds without a renewal, for tasks that do not say.", least: 100, most: 86_400_000, standard: 30_000);
        var tasks = Durations.Option("--task-retention", "How long finished tasks are kept, for example 30d or 12h.", standard.TaskRetention);
        var log = Durations.Option("--log-retention", "How long the log of what happened is kept, for example 7d.", standard.LogRetention);
        var sync = new Option<string>("--sync")
        {
            Description = "full: an acknowledged change survives a power cut. normal: the end of the process; a power cut may take the last moments.",
            DefaultValueFactory = _ => "full",
        };
        sync.AcceptOnlyFromAmong("full", "normal");
        var verbose = new Option<bool>("--verbose") { Description = "Log sessions, too." };
        var json = HubOptions.CreateJson();
        var command = new Command("serve", "Run a hub. Prints 'ready http://HOST:PORT' once it accepts connections; logs go to standard error.")
        {
            host, port, data, origins, lease, tasks, log, sync, verbose, json,
        };
        command.SetAction((parse, _) =>
        {
            var folder = Path.GetFullPath(parse.GetValue(data)!);
            var options = new WaggleOptions
            {
                Host = parse.GetValue(host)!,
                Port = parse.GetValue(port),
                DataFolder = folder,
                AllowedOrigins = parse.GetValue(origins) ?? [],
                Hive = standard with
                {
                    Lease = TimeSpan.FromMilliseconds(parse.GetValue(lease)),
                    TaskRetention = parse.GetValue(tasks).Value,
                    LogRetention = parse.GetValue(log).Value,
                },
                Sqlite = new SqliteStoreOptions
                {
                    Folder = folder,
                    Synchronous = parse.GetValue(sync) == "normal" ? SqliteSynchronous.Normal : SqliteSynchronous.Full,
                },
            };
            return Serving.RunAsync(options, parse.GetValue(verbose), parse.GetValue(json));
        });
        return command;
    }
}
