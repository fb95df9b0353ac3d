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
    // The last step is one for all open purges.
    private const string Files = "";

    private static readonly Dictionary<string, IReadOnlyList<string>> Any = new(StringComparer.Ordinal);

    private readonly PurgeSteps _steps = new(reader, eraser, log);
    private readonly PurgeRetries _retries = new(reader.Time);

    public Task RunAsync(CancellationToken stop) =>
        OpenWork.RunAsync(reader, static data => data is PurgeStarted, RunRoundAsync, e => LogFailed(log, e), stop);

    /// <summary>
    /// Does a part of the oldest purge that is due. The last step rewrites whole files, so it waits until all open purges that do not fail are there, and is
    /// done once for them. Returns false if there is no open purge.
    /// </summary>
    private async Task<bool> RunRoundAsync(CancellationToken stop)
    {
        var query = new EntityQuery(PurgeEntity.Entity.Name, Any, Ascending: true, Limit: Limits.MaxOpenPurges, OpenOnly: true);
        var stored = await reader.QueryAsync(query, stop);
        var open = stored.Entities.Select(e => reader.Parse(e, PurgeFeature.Purges)).OfType<PurgeEntity>().ToArray();
        if (open.Length == 0) return false;
        var purge = open.Where(p => p.Progress.Step != PurgeStep.Files).MinBy(p => _retries.DueOf(p.Id));
        PurgeEntity[] there = [.. open.Where(p => p.Progress.Step == PurgeStep.Files)];
        if (there.Length > 0 && purge is not null && _retries.DueOf(purge.Id) > reader.Time.GetUtcNow()) purge = null;
        var work = purge?.Id ?? Files;
        if (_retries.DueOf(work) > reader.Time.GetUtcNow())
        {
            // In short parts, because another purge may begin meanwhile.
            await OpenWork.PauseAsync(reader, stop);
            return true;
        }

        try
        {
            if (purge is not null) await AskAsync(await _steps.RunAsync(purge, stop), stop);
            else await EndAsync(there, stop);
            _retries.Succeeded(work);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The store is full or does not answer, or a backup runs. The same step is due again; a fault of another kind holds up no other purge, either.
            _retries.Failed(work);
            var which = purge?.Id ?? string.Join(", ", there.Select(p => p.Id));
            if (e is StoreException) LogRefused(log, which, e.Message);
            else LogFaulty(log, which, e);
        }

        return true;
    }

    private async Task EndAsync(PurgeEntity[] purges, CancellationToken stop)
    {
        await _steps.ScrubAsync(purges.Max(p => p.Progress.LogEnd ?? 0), stop);
        foreach (var done in purges) await AskAsync(new AdvancePurge(done.Id, done.Progress, IsEnd: true) { By = _steps.By }, stop);
    }

    private async Task AskAsync(PurgeCommand command, CancellationToken stop)
    {
        if ((await reader.AskAsync(command, stop)).Error is { } problem) throw new StoreException(problem.Message);
    }

    [LoggerMessage(71, LogLevel.Error, "The open purges could not be continued. The hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(72, LogLevel.Warning, "Purge {Purge} could not be continued: {Reason} The hub tries again.")]
    private static partial void LogRefused(ILogger logger, string purge, string reason);

    [LoggerMessage(74, LogLevel.Error, "Purge {Purge} could not be continued. The hub tries again.")]
    private static partial void LogFaulty(ILogger logger, string purge, Exception cause);
}
