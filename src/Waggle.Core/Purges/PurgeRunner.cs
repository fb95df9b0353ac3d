using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;

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
                while (await NextAsync(stop) is { } purge)
                {
                    if ((await reader.AskAsync(await _steps.RunAsync(purge, stop), stop)).Error is not { } problem) continue;

                    // The store is full or does not answer. The same step is due again.
                    LogRefused(log, purge.Id, problem.Message);
                    await PauseAsync(stop);
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

    /// <summary>Returns the oldest purge that has not ended.</summary>
    private async Task<PurgeEntity?> NextAsync(CancellationToken stop)
    {
        var open = await reader.QueryAsync(new EntityQuery(PurgeEntity.Entity.Name, Any, Ascending: true, Limit: 1, OpenOnly: true), stop);
        return open.Entities is [var stored] ? reader.Parse(stored, PurgeFeature.Purges) : null;
    }

    private async Task PauseAsync(CancellationToken stop) =>
        await Task.Delay(PauseAfterFailure, reader.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(71, LogLevel.Error, "The open purges could not be continued. The hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(72, LogLevel.Warning, "Purge {Purge} could not be continued: {Reason} The hub tries again.")]
    private static partial void LogRefused(ILogger logger, string purge, string reason);
}
