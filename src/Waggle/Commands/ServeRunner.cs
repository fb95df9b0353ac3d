using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;
using Waggle.Runners;
using Waggle.Server;
using Waggle.Server.AccessControl;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>Runs a hub in this process, from its start to its last message.</summary>
internal static partial class ServeRunner
{
    public static async Task<int> RunAsync(WaggleServerOptions options, LogOptions logs, string? note, string? runner, bool json)
    {
        if (note is not null) Log(note, logs);
        if (Loopback.Problem(options) is { } problem) return Cli.Fail(problem, ExitCodes.Usage);
        var templates = runner is null ? null : RunnerFile.Read(runner);
        ReadWhereSocketsAreWatched();
        using var interrupt = new Interrupt();
        try
        {
            await using var server = await WaggleServer.StartAsync(options, logging => Configure(logging, logs), cancel: interrupt.Asked);
            await using var served = templates is null ? null : await ServedRunner.StartAsync(templates, server, options, interrupt.Asked);
            Announce(server, json);
            var asked = new TaskCompletionSource();
            await using var _ = interrupt.Asked.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), asked);
            await Task.WhenAny(asked.Task, server.Completion, served?.Failed ?? asked.Task);

            // The runner ends its processes while the hub can still hear of it.
            if (served is not null) await served.StopAsync(interrupt.Insisted);
            if (served?.Failed is { IsFaulted: true } failed)
                return Cli.Fail($"The runner cannot go on: {failed.Exception!.InnerException!.Message}", ExitCodes.Failed);
            if (!server.Completion.IsFaulted) return ExitCodes.Ok;
            return Cli.Fail($"The hub cannot use its store any more: {server.Completion.Exception!.InnerException!.Message}", ExitCodes.Failed);
        }
        catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or AddressInUseException)
        {
            return Cli.Fail(
                $"Port {options.Port} on {options.Host}{(Loopback.IsName(options.Host) ? " (127.0.0.1 or ::1)" : "")} is in use. Stop the program that uses "
                    + $"it, or choose another port with --port (0 selects any free port).",
                ExitCodes.Usage);
        }
        catch (SocketException e)
        {
            return Cli.Fail($"Cannot listen on {options.Host} port {options.Port}: {e.Message}. Choose another with --port.", ExitCodes.Usage);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or JsonException or DllNotFoundException)
        {
            return Cli.Fail(e.Message, ExitCodes.Usage);
        }
    }

    // Lets the threads that watch sockets also read them, without a hand-over (docs/adr/0012). The runtime reads the variable when the process creates its
    // first socket. A value that the user set stays.
    private static void ReadWhereSocketsAreWatched()
    {
        const string Switch = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
        if (Environment.GetEnvironmentVariable(Switch) is null) Environment.SetEnvironmentVariable(Switch, "1");
    }

    // Logged before the hub exists, because a setting may be the reason that it does not start.
    private static void Log(string note, LogOptions logs)
    {
        using var factory = LoggerFactory.Create(logging => Configure(logging, logs));
        LogSettings(factory.CreateLogger("Waggle.Settings"), note);
    }

    [LoggerMessage(40, LogLevel.Information, "{Note}")]
    private static partial void LogSettings(ILogger logger, string note);

    private static void Announce(WaggleServer server, bool json)
    {
        var url = server.Url.AbsoluteUri.TrimEnd('/');
        if (!json)
        {
            Console.Out.WriteLine($"ready {url}");
            return;
        }

        Printer.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("ready"u8, url);
            writer.WriteNumber("pid"u8, Environment.ProcessId);
            writer.WriteStartObject("compat"u8);
            foreach (var (dialect, at) in server.CompatUrls) writer.WriteString(dialect, at.GetLeftPart(UriPartial.Authority));
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private static void Configure(ILoggingBuilder logging, LogOptions logs)
    {
        if (logs.Json) logging.AddJsonConsole(console =>
            (console.TimestampFormat, console.UseUtcTimestamp, console.JsonWriterOptions) = ("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", true, JsonText.Checked));
        else PlainConsole.AddTo(logging);
        // Standard output carries the ready line only.
        logging.AddConsole((ConsoleLoggerOptions console) => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(logs.Verbose ? LogLevel.Debug : LogLevel.Warning);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // Kestrel would report a taken port with a page of text; the hub reports it in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.Critical);
        logging.AddFilter("Waggle.Hive", LogLevel.Information);
        logging.AddFilter("Waggle.Settings", LogLevel.Information);
        logging.AddFilter("Waggle.Ports", LogLevel.Information);
        logging.AddFilter("Waggle.Auth", logs.Verbose ? LogLevel.Debug : LogLevel.Information);
    }
}
