namespace Waggle.SocketIO.EngineIO;

/// <summary>What listens to a session. Messages come one after the other: the next one when the last one's task has ended.</summary>
internal interface IEngineClient
{
    /// <summary>The message is the listener's until the task ends.</summary>
    ValueTask OnTextAsync(ReadOnlyMemory<byte> text);

    ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>How often this was asked while half a message was here.</summary>
    int WaitsForAttachments();

    void OnClosed(string reason);
}
