using System.CommandLine;
using Waggle.Client;
using Waggle.Protocol;
using Waggle.Protocol.Topics;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary><c>waggle watch</c>: records as they happen.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var patterns = new Argument<string[]>("pattern")
        {
            Description = "The topics to watch: * matches one segment, # matches the rest, for example task.# or agent.*.status. Default: all topics except "
                + "system.metrics.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        patterns.CompletionSources.Add("task.#", "agent.#", "swarm.#", "app.#", "system.#");
        patterns.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (TopicPattern.TryParse(token.Value, out var pattern))
                {
                    if (Topic.UnknownRoot(pattern) is { } unknown) result.AddError($"'{token.Value}': {unknown}");
                    continue;
                }

                result.AddError($"'{token.Value}' is not a topic or pattern such as task.# or agent.*.status.");
            }
        });
        var since = WatchOptions.Since("First print the records after this position, as an earlier watch printed it.");
        var plain = WatchOptions.Plain();
        return HubCommand.Create(
            "watch",
            "Show records until Ctrl-C (or q on a terminal): a live table on a terminal, one line per record elsewhere. Prints the position to continue "
                + "from at the end.",
            call => RunAsync(call, call.Get(patterns) is { Length: > 0 } some ? some : ["#"], call.Get(since), call.Get(plain)),
            patterns,
            since,
            plain);
    }

    private static async Task<int> RunAsync(HubCall call, string[] patterns, Position? since, bool plain)
    {
        var last = call.IsLive(plain)
            ? await new LiveWatch(call, patterns, since, TimeProvider.System).RunAsync()
            : await PrintAsync(call, patterns, since);
        Printer.Note($"last position {last}; to continue from there, run 'waggle watch --since {last}'.");
        return ExitCodes.Ok;
    }

    private static async Task<Position> PrintAsync(HubCall call, string[] patterns, Position? since)
    {
        var client = await call.ConnectAsync(patient: true);
        var last = since ?? client.Welcome.Position;
        try
        {
            var filter = new ObserverFilter { Patterns = patterns, Since = since, Where = patterns is ["#"] ? r => r.Kind != "system_metrics" : null };
            await using var observer = client.ObserveAsync(filter, call.Cancel);
            await observer.Ready.WaitAsync(call.Cancel);
            Printer.Note($"watching {string.Join(' ', patterns)} from {last}");
            await foreach (var observation in observer)
            {
                ObservationPrinter.Print(call.Print, observation);
                last = observation.Position;
            }
        }
        catch (OperationCanceledException) when (call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the watch.
        }

        return last;
    }
}
