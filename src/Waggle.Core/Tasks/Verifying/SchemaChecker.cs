using Microsoft.Extensions.Logging;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Validation;
using Waggle.Protocol;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tasks.Verifying;

/// <summary>
/// Checks results against their schemas beside the owner's loop, which never waits for it. It reads the task from the store, so that a check goes on after a
/// restart and after a failure of the store.
/// </summary>
internal sealed partial class SchemaChecker(HiveReader reader, ILogger log)
{
    private const int TailCapacity = 4096;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken stop)
    {
        using var tail = reader.Follow(static data => data is TaskVerifying { Schema: true }, TailCapacity);
        var (missed, through) = (true, reader.Head.Offset);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (missed) await CheckAllAsync(stop);
                missed = false;
                var piece = await tail.TakeAsync(stop);
                missed = piece.After > through;
                through = piece.Through;
                foreach (var record in piece.Records) await CheckAsync(((TaskVerifying)record.Data).Task, stop);
                tail.Handled();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                missed = true;
                LogFailed(log, e);
                await Task.Delay(PauseAfterFailure, reader.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task CheckAllAsync(CancellationToken stop)
    {
        string[] verifying = [TaskColumns.Name(Protocol.Model.TaskState.Verifying)];
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["state"] = verifying };
        long? after = null;
        do
        {
            var page = await reader.QueryAsync(new EntityQuery(TaskEntity.Entity.Name, equal, Ascending: true, after, Limits.MaxPageSize), stop);
            foreach (var stored in page.Entities)
            {
                if (reader.Parse(stored, TaskFeature.Tasks) is { } task) await CheckAsync(task, stop);
            }

            after = page.Entities.Count == Limits.MaxPageSize ? page.Entities[^1].Seq : null;
        }
        while (after is not null);
    }

    private async Task CheckAsync(string id, CancellationToken stop)
    {
        var stored = await reader.GetAsync([new EntityKey(TaskEntity.Entity.Name, id)], stop);
        if (stored.Count == 1 && reader.Parse(stored[0], TaskFeature.Tasks) is { } task) await CheckAsync(task, stop);
    }

    private async Task CheckAsync(TaskEntity task, CancellationToken stop)
    {
        if (task is not { Claim: { SchemaPending: true } claim, Spec.Verify.Schema: { IsNull: false } schema }) return;
        var fault = await ResultAsync(task, stop) is { } result ? JsonSchemas.Mismatch(schema, result) : "The result is no JSON that fits into a message.";
        await reader.AskAsync(new SettleSchema(task.Id, claim.Lease.Token, fault) { By = Principal.Hub(reader.Options.Hive) }, stop);
    }

    private async Task<RawJson?> ResultAsync(TaskEntity task, CancellationToken stop)
    {
        if (task.ResultRef is null) return task.Result;
        var filled = await new ResultBlobs(reader.Blobs, reader.Options).FillAsync(TaskViews.Of(task), stop);
        return filled.Result.IsNull ? null : filled.Result;
    }

    [LoggerMessage(60, LogLevel.Error, "The results that wait for a check against their schemas could not be checked. The hub tries again.")]
    private static partial void LogFailed(ILogger logger, Exception cause);
}
