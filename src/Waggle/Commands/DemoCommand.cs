using System.CommandLine;
using System.Runtime.InteropServices;
using Waggle.Client;
using Waggle.Demo;
using Waggle.Demo.Views;
using Waggle.Protocol;
using Waggle.Survey;

namespace Waggle.Commands;

/// <summary><c>waggle demo</c>: a hub and a few worker processes that survey a source tree for real.</summary>
internal static class DemoCommand
{
    private const int Interrupted = 130;

    public static Command Create()
    {
        var dir = new Argument<string>("DIR") { Description = "The source tree to survey.", DefaultValueFactory = _ => "." };
        var output = new Option<string>("--out") { Description = "Where the report goes.", DefaultValueFactory = _ => "waggle-report" };
        var data = new Option<string?>("--data") { Description = "The hub's data folder, which is kept. Left out: a temporary one, deleted at the end." };
        var port = new Option<int>("--port") { Description = "Where the hub listens; 0: any free port." };
        var workers = new Option<int>("--workers") { Description = $"How many analysts, {DemoOptions.LeastAnalysts} to {DemoOptions.MostAnalysts}.", DefaultValueFactory = _ => 3 };
        var exit = new Option<bool>("--exit") { Description = "End after the report instead of leaving the hub up." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document at the end and nothing else." };
        var command = new Command("demo", "Survey a source tree with a swarm of worker processes, kill one half-way, and lose nothing.") { dir, output, data, port, workers, exit, json };
        command.SetAction((parse, _) => RunAsync(new DemoOptions(
            Path.GetFullPath(parse.GetValue(dir)!),
            Path.GetFullPath(parse.GetValue(output)!),
            parse.GetValue(data) is { } folder ? Path.GetFullPath(folder) : null,
            parse.GetValue(port),
            parse.GetValue(workers),
            parse.GetValue(exit),
            parse.GetValue(json))));
        return command;
    }

    private static async Task<int> RunAsync(DemoOptions options)
    {
        if (Problem(options) is { } problem) return Fail(problem, 2);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        try
        {
            return await new DemoRun(options, DemoViews.For(options, TimeProvider.System), TimeProvider.System).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (DemoException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
        catch (WaggleException e)
        {
            return Fail(e.Message, 1);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            _ = stop.CancelAsync();
        }
    }

    /// <summary>What is wrong, in one line; asked before anything is started.</summary>
    private static string? Problem(DemoOptions options)
    {
        if (options.Analysts is < DemoOptions.LeastAnalysts or > DemoOptions.MostAnalysts)
            return $"--workers is {DemoOptions.LeastAnalysts} to {DemoOptions.MostAnalysts}, since one gets killed; it was {options.Analysts}";
        if (SourceTree.Check(options.Directory) is { } problem) return problem;
        var tree = new SourceTree(options.Directory);
        var files = tree.Files().Take(Limits.MaxDependencies + 1).Count();
        if (files == 0) return $"'{options.Directory}' has no source files" + (tree.Skipped.Count > 0 ? $" that can be measured ({tree.Skipped[0].Path}: {tree.Skipped[0].Reason})" : "");
        return files + tree.Skipped.Count > Limits.MaxDependencies ? $"'{options.Directory}' has more than {Limits.MaxDependencies} source files; name a part of it" : null;
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"waggle: {message}");
        return code;
    }
}
