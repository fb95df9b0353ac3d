using System.CommandLine;
using Waggle.Client;
using Waggle.Exec;
using Waggle.Runners;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle runner</c>: starts the processes of agents by the operator's templates.</summary>
internal static class RunnerCommand
{
    public static Command Create()
    {
        var templates = new Option<string>("--templates")
        {
            Description = "The file with the templates: which programs may be started, and how many (docs/runner.md).",
            HelpName = "file",
            Required = true,
        };
        return HubCommand.Create(
            "runner", "Start agents on this machine when the hub asks, by the templates of a file.", call => RunAsync(call, call.Get(templates)), templates);
    }

    private static async Task<int> RunAsync(HubCall call, string path)
    {
        var file = RunnerFile.Read(path);
        call.BePatient();
        using var reaper = OrphanReaper.Start();
        await using var journal = WorkerJournal.To(call.Print);
        await using var guard = OrphanGuard.Start(null);
        await using var runner = new AgentRunner(file, call.Url, _ => call.Token, guard, journal);
        var options = new WaggleClientOptions
        {
            Url = call.Url,
            Token = call.Token,
            ClientName = HubCall.ClientName,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            OnConnected = _ => call.RetryWindow.Connected(),
            OnDisconnected = call.RetryWindow.Disconnected,
        };
        await runner.StartAsync(options, call.RetryWindow.Token);
        try
        {
            await runner.Failed.WaitAsync(call.Interrupt.Asked);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        finally
        {
            await runner.StopAsync(call.Interrupt.Insisted);
        }
    }
}
