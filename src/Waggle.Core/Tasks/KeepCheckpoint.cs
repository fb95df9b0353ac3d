using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;

namespace Waggle.Core.Tasks;

/// <summary>Keeps JSON of up to 32 KiB that the next attempt of the task receives. It replaces the checkpoint before it.</summary>
public sealed record KeepCheckpoint(LeaseRef Lease, RawJson Checkpoint) : LeaseCommand(Lease)
{
    public override int Bytes => Checkpoint.Utf8.Length;

    public override Error? Malformed() => Problem(Checkpoint);

    /// <summary>Returns the fault of a checkpoint; null if the hub keeps it.</summary>
    internal static Error? Problem(RawJson checkpoint) => checkpoint.Utf8.Length > Limits.MaxCheckpointBytes
        ? new(ErrorCodes.TooLarge, $"checkpoint has at most {Limits.MaxCheckpointBytes} bytes; it had {checkpoint.Utf8.Length}.")
        : null;

    /// <summary>Returns the records that keep a checkpoint.</summary>
    internal static IEnumerable<RecordData> Records(TaskEntity task, RawJson checkpoint) =>
    [
        task.Record(() => new TaskCheckpointed
        {
            Task = task.Id,
            Title = task.Spec.Title,
            State = task.State,
            Agent = task.Lease!.Agent,
            Attempt = task.Lease.Attempt,
            Bytes = checkpoint.Utf8.Length,
        }),
        new CheckpointKept(task.Id, checkpoint),
    ];

    protected override Decision<TaskAck> Accept(TaskEntity task, IHiveView view, in DecisionContext context) => Decision.Of(
        new TaskAck(task.Id, task.State, CancelRequested: task.CancelRequested),
        [.. Records(task, Checkpoint), Extend(task, context)]);
}
