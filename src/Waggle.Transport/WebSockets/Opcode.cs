namespace Waggle.Transport.WebSockets;

/// <summary>The opcodes of frames (RFC 6455 5.2).</summary>
public enum Opcode : byte
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}
