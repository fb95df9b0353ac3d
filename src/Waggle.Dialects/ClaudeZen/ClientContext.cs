using Waggle.Delivery;
using Waggle.Protocol.Json;

namespace Waggle.Dialects.ClaudeZen;

/// <summary>What the parts of a connection's dialect share.</summary>
/// <param name="Client">The id of the connection.</param>
/// <param name="Version">The version of the hub.</param>
internal sealed record ClientContext(Func<DateTimeOffset> Clock, string Client, string Version, DateTimeOffset StartedAt)
{
    public static ClientContext None { get; } = new(() => default, "", "", default);

    public DateTimeOffset Now => Clock();

    public ReplyIntent Error(Trouble trouble, RawJson id = default, ReadOnlyMemory<byte> original = default) =>
        Reply(output => ClaudeZenFrames.Error(output, Now, trouble, id, original));

    public static ReplyIntent Reply(Action<IMessageWriter> write)
    {
        var output = new MessageBuffer(256);
        write(output);
        return new ReplyIntent(output.Written);
    }
}
