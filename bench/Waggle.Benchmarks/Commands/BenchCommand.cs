using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Benchmarks.Commands;

/// <summary>A benchmark as a command. It measures until it is done or interrupted, and prints its figures as lines or as one JSON document.</summary>
internal static class BenchCommand
{
    public static Command Create<T>(
        string name, string description, IEnumerable<Option> options, JsonTypeInfo<T> type, Func<ParseResult, CancellationToken, Task<T>> measure, Action<T> print)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command(name, description);
        foreach (var option in options) command.Add(option);
        command.Add(json);
        command.SetAction(async (parse, _) =>
        {
            using var interrupt = new Interrupt();
            try
            {
                var result = await measure(parse, interrupt.Asked);
                if (parse.GetValue(json)) Console.Out.WriteLine(JsonText.Of(result, type));
                else print(result);
                return ExitCodes.Ok;
            }
            catch (OperationCanceledException) when (interrupt.Asked.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (BenchException e)
            {
                Console.Error.WriteLine(e.Message);
                return ExitCodes.Failed;
            }
        });
        return command;
    }

    public static void Row(string name, string value) => Console.Out.WriteLine($"{name,-30} {value}");
}
