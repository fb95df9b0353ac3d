using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;

namespace Waggle.Core.Workflows;

/// <summary>
/// Reads the values of steps and evaluates their conditions and lists, beside the owner's loop, which neither waits for files nor parses results. It asks the
/// loop what is to be evaluated, so a restart loses nothing. A step that cannot be evaluated fails and does not hold up the others.
/// </summary>
internal sealed partial class StepEvaluator(HiveReader reader, TimeProvider time, ILogger log)
{
    private const int AtOnce = 16;
    private const int MostLater = 1000;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    // The steps that met a store that was not available or had no room.
    private readonly HashSet<(string Run, int Step)> _later = [];

    // Whether the store had no room. The hive itself logs this and its end.
    private bool _full;

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

                if (_full || _later.Count > 0)
                {
                    await Task.Delay(PauseAfterFailure, time, stop);
                    _full = false;
                    _later.Clear();
                    continue;
                }

                await tail.TakeAsync(stop);
                tail.Handled();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(log, e);
                _later.Clear();
                await Task.Delay(PauseAfterFailure, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Evaluates the next steps. Returns whether others may be next.</summary>
    internal async Task<bool> EvaluateAsync(CancellationToken stop)
    {
        var next = await reader.AskAsync(new EvaluateNext(AtOnce, _later.ToHashSet()) { By = _hub }, stop);
        if (next.Error is { Code: ErrorCodes.StoreFull })
        {
            _full = true;
            return false;
        }

        foreach (var step in Checked(next) ?? []) await EvaluateAsync(step, stop);
        return next.Value is { Count: > 0 } && _later.Count < MostLater;
    }

    private async Task EvaluateAsync(StepEvaluation step, CancellationToken stop)
    {
        try
        {
            var values = new ValueReader(
                new(keys => new(reader.GetAsync(keys, stop)), range => new(reader.RangeAsync(range, stop)), reader.Blobs), Limits.MaxWorkflowListBytes);
            await AskAsync(await Evaluation.CommandsAsync(step, values, _hub), stop);
        }
        catch (StoreFullException)
        {
            _full = true;
            _later.Add((step.Run, step.Step.Index));
        }
        catch (Exception e) when (IsPassing(e))
        {
            LogPostponed(log, step.Step.Id, step.Run, e);
            _later.Add((step.Run, step.Step.Index));
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogStepFailed(log, step.Step.Id, step.Run, e);
            await FailAsync(step, stop);
        }
    }

    private async Task FailAsync(StepEvaluation step, CancellationToken stop)
    {
        try
        {
            await AskAsync(Evaluation.FailingCommands(step, _hub), stop);
        }
        catch (StoreFullException)
        {
            _full = true;
            _later.Add((step.Run, step.Step.Index));
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            LogPostponed(log, step.Step.Id, step.Run, e);
            _later.Add((step.Run, step.Step.Index));
        }
    }

    private async Task AskAsync(IReadOnlyList<Command<NoResult>> commands, CancellationToken stop)
    {
        foreach (var command in commands) Checked(await reader.AskAsync(command, stop));
    }

    // A damaged entity stays damaged; a store that is not available or full is so for a time.
    private static bool IsPassing(Exception e) => e is StoreException and not StoreCorruptException;

    private static T? Checked<T>(Outcome<T> outcome) => outcome.Error switch
    {
        null => outcome.Value,
        { Code: ErrorCodes.StoreFull } error => throw new StoreFullException(error.Message),
        { Code: ErrorCodes.StoreUnavailable } error => throw new StoreException(error.Message),
        { } error => throw new InvalidOperationException(error.Message),
    };

    [LoggerMessage(21, LogLevel.Warning, "The conditions and lists of workflow steps could not be evaluated; the hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(22, LogLevel.Warning, "Step {Step} of run {Run} could not be evaluated yet; the hub tries again.")]
    private static partial void LogPostponed(ILogger logger, string step, string run, Exception cause);

    [LoggerMessage(23, LogLevel.Error, "The values of step {Step} of run {Run} could not be read or used: the step fails.")]
    private static partial void LogStepFailed(ILogger logger, string step, string run, Exception cause);
}
