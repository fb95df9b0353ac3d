using System.Collections.Concurrent;
using System.Text;
using Waggle.SocketIO.EngineIO;

namespace Waggle.SocketIO.Tests.Support;

/// <summary>Records the messages of a session.</summary>
internal sealed class RecordingClient : IEngineClient
{
    public ConcurrentQueue<string> Texts { get; } = [];

    public ConcurrentQueue<byte[]> Binaries { get; } = [];

    /// <summary>Why it closed, each time.</summary>
    public ConcurrentQueue<string> Closed { get; } = [];

    /// <summary>Returns the task of a message.</summary>
    public Func<Task> Takes { get; set; } = () => Task.CompletedTask;

    /// <summary>A packet waits for its attachments.</summary>
    public bool IsHalf { get; set; }

    private int _asked;

    public ValueTask OnTextAsync(ReadOnlyMemory<byte> text)
    {
        Texts.Enqueue(Encoding.UTF8.GetString(text.Span));
        return new(Takes());
    }

    public ValueTask OnBinaryAsync(ReadOnlyMemory<byte> bytes)
    {
        Binaries.Enqueue(bytes.ToArray());
        return new(Takes());
    }

    public int WaitsForAttachments() => IsHalf ? ++_asked : 0;

    public void OnClosed(string reason) => Closed.Enqueue(reason);
}
