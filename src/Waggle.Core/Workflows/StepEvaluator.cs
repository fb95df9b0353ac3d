using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;

namespace Waggle.Core.Workflows;

/// <summary>
/// Reads the values of steps and evaluates their conditions and lists, beside the owner's loop, which neither waits for files nor parses results. It asks the
/// loop what is to be evaluated, so a restart loses nothing.
/// </summary>
internal sealed partial class StepEvaluator(HiveReader reader, TimeProvider time, ILogger log)
{
    private const int AtOnce = 16;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Principal _hub = Principal.Hub(reader.Options.Hive);

    public async Task RunAsync(CancellationToken stop)
    {
        using var tail = reader.Follow(r => r is WorkflowStepReady or WorkflowStepStarted { Items: > 0 } or WorkflowRetried, AtOnce);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await EvaluateAsync(stop))
                {
                }

                await tail.TakeAsync(stop);
                tail.Handled();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreException or IOException)
            {
                LogFailed(log, e);
                await Task.Delay(PauseAfterFailure, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Evaluates the next steps. Returns whether there were any.</summary>
    internal async Task<bool> EvaluateAsync(CancellationToken stop)
    {
        var next = await reader.AskAsync(new EvaluateNext(AtOnce) { By = _hub }, stop);
        foreach (var step in Checked(next) ?? []) await EvaluateAsync(step, stop);
        return next.Value is { Count: > 0 };
    }

    private async Task EvaluateAsync(StepEvaluation step, CancellationToken stop)
    {
        var values = new ValueReader(
            new(keys => new(reader.GetAsync(keys, stop)), range => new(reader.RangeAsync(range, stop)), reader.Blobs), Limits.MaxWorkflowListBytes);
        foreach (var command in await Evaluation.CommandsAsync(step, values, _hub)) Checked(await reader.AskAsync(command, stop));
    }

    private static T? Checked<T>(Outcome<T> outcome) => outcome.Error is { } error ? throw new StoreException(error.Message) : outcome.Value;

    [LoggerMessage(21, LogLevel.Warning, "The conditions and lists of workflow steps could not be evaluated; the hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
