using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.Hosting;

/// <summary>
/// A client at a path that several dialects share, before its dialect is known. The clients of all these dialects wait for the server's first message and
/// ignore unknown ones. So each dialect sends its greeting, and the client's first frame decides. A silent client receives the greetings only.
/// </summary>
public sealed class UndecidedDialect(IReadOnlyList<DialectEntry> entries) : ForeignDialect
{
    public override IRenderer Renderer => Silence.Instance;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        foreach (var entry in entries)
        {
            var greeting = new List<Intent>();
            entry.Create().Open(opening, greeting);
            intents.AddRange(greeting.OfType<ReplyIntent>());
        }

        return true;
    }

    public override void Read(ReadOnlySpan<byte> frame, Principal by, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        var words = frame.ToArray();
        var entry = entries.FirstOrDefault(e => e.Recognises(words)) ?? entries[0];
        intents.Add(new BecomeIntent(entry) { FirstWords = words });
    }

    public override void Refuse(string code, string message, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        entries[0].Create().Refuse(code, message, intents);
    }

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) =>
        entries[0].Create().Goodbye(code, reason, comeBackAfter, output);

    public override void Expiring(DateTimeOffset at, IMessageWriter output)
    {
    }

    public override void Answer(Intent intent, in Outcome outcome, IMessageWriter output)
    {
    }

    private sealed class Silence : IRenderer
    {
        public static readonly Silence Instance = new();

        public void Render(Record record, IMessageWriter output)
        {
        }

        public void RenderGap(Position from, Position to, long dropped, IMessageWriter output)
        {
        }

        public void RenderPosition(Position position, IMessageWriter output)
        {
        }
    }
}
