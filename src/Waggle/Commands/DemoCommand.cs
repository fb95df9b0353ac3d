using System.CommandLine;
using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Core.Ports;
using Waggle.Demo;
using Waggle.Demo.Views;
using Waggle.Protocol;
using Waggle.Survey;

namespace Waggle.Commands;

/// <summary><c>waggle demo</c>: a hub and a few worker processes that survey a source tree for real.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var dir = new Argument<string>("DIR") { Description = "The source tree to survey.", DefaultValueFactory = _ => "." };
        var output = new Option<string>("--out") { Description = "The folder for the report.", DefaultValueFactory = _ => "waggle-report" };
        var data =
            new Option<string?>("--data") { Description = "The hub's data folder, which is kept. Default: a temporary folder that is deleted at the end." };
        var port = Numbers.Option("--port", "The port of the hub; 0 selects any free port.", least: 0, most: 65_535, standard: 0);
        var workers = Numbers.Option(
            "--workers", "The number of analyst workers; the demo kills one of them.", DemoOptions.LeastAnalysts, DemoOptions.MostAnalysts, standard: 3);
        var exit = new Option<bool>("--exit") { Description = "Exit after the report instead of keeping the hub running." };
        var json = new Option<bool>("--json") { Description = "Print only one JSON document at the end." };
        var command =
            new Command(
                "demo", "Survey a source tree with a swarm of worker processes, kill one half-way, and lose nothing.") { dir, output, data, port, workers, exit,
                json };
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
        if (Problem(options) is { } problem) return Cli.Fail(problem, ExitCodes.Usage);
        using var interrupt = new Interrupt();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Asked);
        try
        {
            return await new DemoRun(options, DemoViews.For(options, TimeProvider.System), TimeProvider.System).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (WaggleException e)
        {
            return Cli.Fail(Failures.MessageOf(e), ExitCodes.Failed);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return Cli.Fail(e.Message, ExitCodes.Failed);
        }
    }

    /// <summary>What is wrong, in one line; asked before anything is started.</summary>
    private static string? Problem(DemoOptions options)
    {
        if (SourceTree.Check(options.Directory) is { } problem) return problem;
        var tree = new SourceTree(options.Directory);
        var files = tree.Files().Take(Limits.MaxDependencies + 1).Count() + tree.Skipped.Count;
        if (files == tree.Skipped.Count) return NothingIn(options.Directory, tree.Skipped);
        // The report's task waits for all of them.
        if (files > Limits.MaxDependencies) return $"'{options.Directory}' has more than {Limits.MaxDependencies} source files; choose a subfolder";
        return Unwritable(options.Out);
    }

    private static string NothingIn(string directory, IReadOnlyList<SkippedEntry> skipped) =>
        $"'{directory}' has no source files" + (skipped is [var first, ..] ? $" that can be measured ({first.Path}: {first.Reason})" : "");

    private static string? Unwritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the report cannot go into '{folder}': {e.Message}";
        }
    }
}
