using Waggle.Protocol.Records;

namespace Waggle.Core.Ports;

/// <summary>Where what became durable goes. Called on the owner's loop in order, once a batch: it must not block.</summary>
public interface IBatchSink
{
    void Publish(SealedBatch batch);
}
