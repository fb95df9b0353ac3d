using System.CommandLine;
using Waggle.Client;
using Waggle.Commands.Shared;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Topics;

namespace Waggle.Commands;

/// <summary><c>waggle watch</c>: what happens, as it happens.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var patterns = new Argument<string[]>("pattern")
        {
            Description = "Topics; * stands for one segment, # for the rest: task.#, agent.*.status. Default: everything.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        patterns.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!TopicPattern.TryParse(token.Value, out _)) result.AddError($"'{token.Value}' is not a topic or pattern such as task.# or agent.*.status.");
            }
        });
        var since = new Option<Position?>("--since")
        {
            Description = "First what happened after this position, as an earlier watch printed it.",
            HelpName = "epoch:offset",
            CustomParser = result =>
            {
                if (Position.TryParse(result.Tokens[0].Value, out var position)) return position;
                result.AddError($"--since '{result.Tokens[0].Value}' is not a position EPOCH:OFFSET such as 3:1842.");
                return null;
            },
        };
        return HubCommand.Create(
            "watch",
            "Print a line for each record until Ctrl-C; then the position to go on from, on standard error.",
            call => RunAsync(call, call.Get(patterns) is { Length: > 0 } some ? some : ["#"], call.Get(since)),
            patterns,
            since);
    }

    private static async Task<int> RunAsync(HubCall call, string[] patterns, Position? since)
    {
        var client = await call.ConnectAsync(patient: true);
        var last = since ?? client.Welcome.Position;
        try
        {
            await using var observer = client.ObserveAsync(patterns, since, call.Cancel);
            await observer.Ready.WaitAsync(call.Cancel);
            Printer.Note($"watching {string.Join(' ', patterns)} from {last}");
            await foreach (var observation in observer)
            {
                Print(call.Print, observation);
                last = observation.Position;
            }
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // That is how one stops to watch.
        }

        Printer.Note($"last position {last}; 'waggle watch --since {last}' goes on from there.");
        return ExitCodes.Ok;
    }

    private static void Print(Printer print, Observation observation)
    {
        switch (observation)
        {
            case RecordObserved seen when print.IsJson:
                Printer.Json(seen.Record, HubJson.Default.RecordMessage);
                break;
            case RecordObserved seen:
                Printer.Line(RecordText.Line(seen.Record));
                break;
            case GapObserved gap when print.IsJson:
                Printer.Json(new Protocol.Messages.Gap { From = gap.From, To = gap.Position, Dropped = gap.Dropped }, HubJson.Default.Gap);
                break;
            case GapObserved gap:
                Printer.Line($"-- {gap.Dropped} records were dropped between {gap.From} and {gap.Position}: they came faster than they were read.");
                break;
            case NotRecovered hole when print.IsJson:
                Printer.Json(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "not_recovered"u8);
                    writer.WriteString("since"u8, hole.Since.ToString());
                    writer.WriteString("position"u8, hole.Position.ToString());
                    writer.WriteEndObject();
                });
                break;
            case NotRecovered hole:
                Printer.Line($"-- What happened after {hole.Since} is too much or no longer there; records follow from {hole.Position} on.");
                break;
        }
    }
}
