using System.Buffers;

namespace Waggle.Delivery;

/// <summary>
/// Receives encoded messages. A caller that writes one message only writes its bytes; a caller that writes several calls <see cref="Next"/> after each.
/// </summary>
public interface IMessageWriter : IBufferWriter<byte>
{
    /// <summary>
    /// Ends a message: the bytes written since the last call. Without such bytes the call has no effect. Only dialects without arrays of messages use it.
    /// </summary>
    void Next();
}
