using Waggle.Protocol.Records;

namespace Waggle.Core.Ports;

/// <summary>
/// The destination of durable batches. The owner's loop calls it in order, once for each batch; the first batch is empty and gives the head of the log. A sink
/// that cannot take more makes the owner wait and does not grow without bound.
/// </summary>
public interface IBatchSink
{
    ValueTask PublishAsync(SealedBatch batch);

    /// <summary>Forgets the durable records up to an offset that the sink keeps in memory, because the store has changed them.</summary>
    ValueTask ForgetAsync(long through) => ValueTask.CompletedTask;
}
