using System.CommandLine;
using Waggle.Client;
using Waggle.Core.Ports;
using Waggle.Shared;
using Waggle.Survey.Demo;
using Waggle.Survey.State;

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
        using var interrupt = new Interrupt();
        try
        {
            await SurveyDemo.RunAsync(options, new DemoHost(DemoHub.StartAsync, DemoWorkerCommand.Start), interrupt.Asked);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (SurveyException e)
        {
            return Cli.Fail(e.Message, e.IsUsage ? ExitCodes.Usage : ExitCodes.Failed);
        }
        catch (WaggleException e)
        {
            return Cli.Fail(Failures.MessageOf(e), ExitCodes.Failed);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return Cli.Fail(e.Message, ExitCodes.Failed);
        }
    }
}
