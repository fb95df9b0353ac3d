using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;
using Waggle.Server;
using Waggle.Server.Door;

namespace Waggle.Commands;

/// <summary><c>waggle serve</c>: a hub until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var host = new Option<string>("--host") { Description = "Where to listen; loopback only.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "0: any free one.", DefaultValueFactory = _ => 3000 };
        var data = new Option<string>("--data") { Description = "The data folder; made if it does not exist.", DefaultValueFactory = _ => "waggle-data" };
        var origins = new Option<string[]>("--allow-origin") { Description = "Origin of a web page that may connect, for example http://localhost:5173. May be repeated." };
        var lease = new Option<int>("--lease-ms") { Description = "How long an assignment holds without a renewal, for tasks that do not say.", DefaultValueFactory = _ => 30_000 };
        var verbose = new Option<bool>("--verbose") { Description = "Log sessions, too." };
        var command = new Command("serve", "Run a hub. Prints 'ready http://HOST:PORT' on a line of its own once it accepts connections.") { host, port, data, origins, lease, verbose };
        command.SetAction((parse, cancel) => RunAsync(
            new WaggleOptions
            {
                Host = parse.GetValue(host)!,
                Port = parse.GetValue(port),
                DataFolder = Path.GetFullPath(parse.GetValue(data)!),
                AllowedOrigins = parse.GetValue(origins) ?? [],
                Hive = new() { Lease = TimeSpan.FromMilliseconds(parse.GetValue(lease)) },
            },
            parse.GetValue(verbose)));
        return command;
    }

    private static async Task<int> RunAsync(WaggleOptions options, bool verbose)
    {
        if (Loopback.Problem(options.Host) is { } problem) return Fail(problem);
        var stop = new TaskCompletionSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await using var server = await WaggleServer.StartAsync(options, logging =>
            {
                logging.AddSimpleConsole(console => console.SingleLine = true);
                logging.SetMinimumLevel(verbose ? LogLevel.Debug : LogLevel.Warning);
                logging.AddFilter("Microsoft", LogLevel.Warning);
                logging.AddFilter("Waggle.Hive", LogLevel.Information);
            });
            Console.Out.WriteLine($"ready {server.Url.GetLeftPart(UriPartial.Authority)}");
            await Task.WhenAny(stop.Task, server.Completion);
            if (!server.Completion.IsFaulted) return 0;
            return Fail($"The hub lost its store: {server.Completion.Exception!.InnerException!.Message}", 1);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or JsonException)
        {
            return Fail(e.Message);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static int Fail(string message, int code = 2)
    {
        Console.Error.WriteLine($"waggle: {message}");
        return code;
    }
}
