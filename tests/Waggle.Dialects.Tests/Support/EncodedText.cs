using System.Text;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Record = Waggle.Protocol.Records.Record;

namespace Waggle.Dialects.Tests.Support;

/// <summary>Reads messages in the form of a dialect.</summary>
internal static class EncodedText
{
    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    public static Record RecordOf(RecordData data, long offset = 7, DateTimeOffset? at = null) =>
        new(new Position(3, offset), data.Topic, data.Kind, data.Class, at ?? At, data.Swarm, default, data, data.Clears);

    public static IReadOnlyList<string> By(IRenderer renderer, Record record) => Messages(output => renderer.Render(record, output));

    public static IReadOnlyList<string> Messages(Action<IMessageWriter> write)
    {
        var output = new MessageBuffer(256);
        write(output);
        var text = output.Written;
        var ends = output.Ends ?? (text.IsEmpty ? [] : [text.Length]);
        return [.. ends.Select((end, i) => Encoding.UTF8.GetString(text[(i == 0 ? 0 : ends[i - 1])..end].Span))];
    }

    /// <summary>Returns the message of the only intent.</summary>
    public static JsonElement Reply(Intent intent) => JsonElement.Parse(Assert.IsType<ReplyIntent>(intent).Body.Span);
}
