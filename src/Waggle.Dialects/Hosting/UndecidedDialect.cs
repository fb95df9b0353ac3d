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
    private readonly Dialect[] _candidates = [.. entries.Select(e => e.Create())];

    public override IRenderer Renderer => Silence.Instance;

    /// <summary>The heartbeat of the first candidate with a ping of its own. A silent client receives the ping of each of them.</summary>
    public override Heartbeat Heartbeat => (Array.Find(_candidates, c => c.Heartbeat.Spoken) ?? _candidates[0]).Heartbeat;

    public override bool Open(in Opening opening, List<Intent> intents)
    {
        ArgumentNullException.ThrowIfNull(intents);
        foreach (var candidate in _candidates)
        {
            var greeting = new List<Intent>();
            candidate.Open(opening, greeting);
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
        _candidates[0].Refuse(code, message, intents);
    }

    public override void Goodbye(int code, string reason, TimeSpan? comeBackAfter, IMessageWriter output) =>
        _candidates[0].Goodbye(code, reason, comeBackAfter, output);

    public override void Ping(DateTimeOffset now, IMessageWriter output)
    {
        foreach (var candidate in _candidates)
        {
            if (candidate.Heartbeat.Spoken) candidate.Ping(now, output);
        }
    }

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
