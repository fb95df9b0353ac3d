namespace Waggle.SocketIO.EngineIO;

/// <summary>Receives the messages of a session, one after the other: the next one when the task of the last one has ended.</summary>
internal interface IEngineClient
{
    /// <summary>Receives a text message. Its memory is valid until the task ends.</summary>
    ValueTask OnTextAsync(ReadOnlyMemory<byte> text);

    /// <summary>Receives a binary message. Its memory is valid until the task ends.</summary>
    ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Returns the number of calls since a packet began to wait for its attachments; 0 if no packet waits.</summary>
    int WaitsForAttachments();

    /// <summary>Called once, when the session has ended.</summary>
    void OnClosed(string reason);
}
