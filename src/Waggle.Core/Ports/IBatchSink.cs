using Waggle.Protocol.Records;

namespace Waggle.Core.Ports;

/// <summary>Where what became durable goes. Called on the owner's loop in order, once a batch; the first is empty and says where the log stands.
/// A sink that cannot take more makes the owner wait, rather than grow without bound.</summary>
public interface IBatchSink
{
    ValueTask PublishAsync(SealedBatch batch);
}
