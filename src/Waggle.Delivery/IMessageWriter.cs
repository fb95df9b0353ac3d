using System.Buffers;

namespace Waggle.Delivery;

/// <summary>Where messages are put into words. Whoever says one just writes it; whoever says several ends each.</summary>
public interface IMessageWriter : IBufferWriter<byte>
{
    /// <summary>
    /// What was written since the last call is a message of its own. Nothing written is no message. Only for dialects that take no arrays of messages.
    /// </summary>
    void Next();
}
