using Spectre.Console;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary>Follows a run to its end: as a tree that redraws itself in a terminal, else by a line for each change of a step.</summary>
internal static class WorkflowFollow
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <returns>0 if the run completed.</returns>
    public static async Task<int> RunAsync(HubCall call, WaggleClient client, string run)
    {
        var live = call.IsLive(plain: false);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        IReadOnlyList<string> lines = [$"run {run}"];
        var screen = live
            ? LiveScreen.RunAsync((_, height) => Draw(Volatile.Read(ref lines), height), Period, TimeProvider.System, over.Token)
            : Task.CompletedTask;
        await using var observer = client.ObserveAsync([$"run.{run}.*"], cancel: over.Token);
        await observer.Ready.WaitAsync(over.Token);
        var states = new Dictionary<string, WorkflowStepState>(StringComparer.Ordinal);
        try
        {
            var now = await LookAsync();
            if (now.EndedAt is null)
            {
                await foreach (var _ in observer.WithCancellation(over.Token))
                {
                    now = await LookAsync();
                    if (now.EndedAt is not null) break;
                }
            }

            await over.CancelAsync();
            await screen;
            WorkflowText.Print(call, now, live ? await client.Workflows.StepsAsync(run, call.Cancel).ToListAsync(call.Cancel) : null);
            return now.State == WorkflowRunState.Completed ? ExitCodes.Ok : ExitCodes.Failed;
        }
        finally
        {
            await over.CancelAsync();
            await screen;
        }

        async Task<WorkflowRunView> LookAsync()
        {
            var seen = await client.Workflows.GetRunAsync(run, over.Token) ?? throw new CliException($"There is no workflow run '{run}'.");
            if (seen.EndedAt is not null && live) return seen;
            var steps = await client.Workflows.StepsAsync(run, over.Token).ToListAsync(over.Token);
            if (live) Volatile.Write(ref lines, [WorkflowText.Line(seen), .. WorkflowText.Tree(steps)]);
            else if (!call.Print.IsJson) Say(steps, states);
            return seen;
        }
    }

    private static void Say(List<WorkflowStepView> steps, Dictionary<string, WorkflowStepState> states)
    {
        foreach (var step in steps)
        {
            if (step.State == WorkflowStepState.Waiting || (states.TryGetValue(step.Step, out var before) && before == step.State)) continue;
            states[step.Step] = step.State;
            Printer.Note($"{step.Step}: {SnakeCase.Of(step.State)}");
        }
    }

    private static Text Draw(IReadOnlyList<string> lines, int height) => new(string.Join('\n', lines.Take(Math.Max(1, height - 1))));
}
