using System.CommandLine;
using Waggle.Client;

namespace Waggle.Shared;

/// <summary>Creates commands that connect to a hub, with their options, connection and errors.</summary>
internal static class HubCommand
{
    public static Command Create(string name, string description, Func<HubCall, Task<int>> run, params Symbol[] symbols)
    {
        var options = new HubOptions();
        var command = new Command(name, description);
        var advice = symbols.OfType<HubIdArgument>().FirstOrDefault()?.Advice;
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Add(option);
            else command.Add((Argument)symbol);
        }

        options.AddTo(command);
        command.SetAction(async (parse, _) =>
        {
            await using var call = new HubCall(parse, options.Address.UrlOf(parse), options.Address.TokenOf(parse), parse.GetValue(options.Json));
            return await RunAsync(call, run, advice);
        });
        return command;
    }

    private static async Task<int> RunAsync(HubCall call, Func<HubCall, Task<int>> run, string? advice)
    {
        StandardOutput.EndWithReader();
        try
        {
            return await run(call);
        }
        catch (OutputClosedException)
        {
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (OperationCanceledException) when (call.RetryWindow.IsOver)
        {
            return Cli.Fail(Failures.Unreachable(call.Url, call.RetryWindow.LastTrouble), ExitCodes.Failed);
        }
        catch (WaggleException e)
        {
            return Cli.Fail(Failures.Text(e, call.Url, advice), ExitCodes.Failed);
        }
    }
}
