using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Workflows.Values;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Workflows;

/// <summary>
/// The input of a task for the worker that holds it, with the parts that were too large for the assignment. Files are read here, beside the owner's loop, which
/// does not wait for them.
/// </summary>
public sealed record ReadTaskInput(LeaseRef Lease) : Query<TaskInput>
{
    internal override async Task<Outcome<TaskInput>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var held = await reader.AskAsync(new CheckLease(Lease) { By = By }, cancel);
        if (held.Error is { } stale) return new(null, stale, reader.Head);
        var found = await reader.GetAsync([new(TaskEntity.Entity.Name, Lease.Task)], cancel);
        if (found.Count == 0 || reader.Parse(found[0], TaskFeature.Tasks) is not { } task)
            return new(null, new(ErrorCodes.NotFound, $"There is no task '{Lease.Task}'."), reader.Head);
        if (task.InputRefs is not { Count: > 0 } refs) return new(new TaskInput { Input = task.Spec.Input }, null, reader.Head);
        var turn = reader.Of(static _ => new InputReadings()).Turn;
        await turn.WaitAsync(cancel);
        try
        {
            var values = new ValueReader(
                new(keys => new(reader.GetAsync(keys, cancel)), range => new(reader.RangeAsync(range, cancel)), reader.Blobs), Limits.MaxTaskInputBytes);
            var filled = await values.FillAsync(task.Spec.Input, refs);
            return new(new TaskInput { Input = filled.Input, InputRefs = filled.Omitted }, null, reader.Head);
        }
        finally
        {
            turn.Release();
        }
    }
}

/// <summary>Bounds how many inputs a hive reads at a time, because each is in memory while it is read.</summary>
internal sealed class InputReadings
{
    public SemaphoreSlim Turn { get; } = new(4);
}
