using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Model;

namespace Waggle.Core.Purges;

/// <summary>
/// Works on the open purges beside the owner's loop, one after the other. Each step does a little, gives the loop what changes entities, and waits for its
/// commit. The progress is in the store, so a purge goes on after a restart and after a failure; what is done twice has no further effect.
/// </summary>
internal sealed partial class PurgeRunner(HiveReader reader, ILogEraser eraser, ILogger log)
{
    private const int TailCapacity = 1024;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly Dictionary<string, IReadOnlyList<string>> Any = new(StringComparer.Ordinal);

    private readonly PurgeSteps _steps = new(reader, eraser, log);

    public async Task RunAsync(CancellationToken stop)
    {
        using var tail = reader.Follow(static data => data is PurgeStarted, TailCapacity);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (await RunRoundAsync(stop))
                {
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
                await PauseAsync(stop);
            }
        }
    }

    /// <summary>
    /// Does a part of the oldest purge. The last step rewrites whole files, so it waits until all open purges are there, and is done once for them. Returns
    /// false if there is no open purge.
    /// </summary>
    private async Task<bool> RunRoundAsync(CancellationToken stop)
    {
        var query = new EntityQuery(PurgeEntity.Entity.Name, Any, Ascending: true, Limit: Limits.MaxOpenPurges, OpenOnly: true);
        var stored = await reader.QueryAsync(query, stop);
        var open = stored.Entities.Select(e => reader.Parse(e, PurgeFeature.Purges)).OfType<PurgeEntity>().ToArray();
        if (open.Length == 0) return false;
        if (Array.Find(open, p => p.Progress.Step != PurgeStep.Files) is { } purge)
        {
            await AskAsync(purge, await _steps.RunAsync(purge, stop), stop);
            return true;
        }

        await _steps.ScrubAsync(open.Max(p => p.Progress.LogEnd ?? 0), stop);
        foreach (var done in open) await AskAsync(done, new AdvancePurge(done.Id, done.Progress, IsEnd: true) { By = _steps.By }, stop);
        return true;
    }

    private async Task AskAsync(PurgeEntity purge, PurgeCommand command, CancellationToken stop)
    {
        if ((await reader.AskAsync(command, stop)).Error is not { } problem) return;

        // The store is full or does not answer. The same step is due again.
        LogRefused(log, purge.Id, problem.Message);
        await PauseAsync(stop);
    }

    private async Task PauseAsync(CancellationToken stop) =>
        await Task.Delay(PauseAfterFailure, reader.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(71, LogLevel.Error, "The open purges could not be continued. The hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(72, LogLevel.Warning, "Purge {Purge} could not be continued: {Reason} The hub tries again.")]
    private static partial void LogRefused(ILogger logger, string purge, string reason);
}
