using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// A record under delivery with its encodings, at most one for each renderer. The loop reuses one instance for all records, unless <see cref="Keep"/> was
/// called. Only its delivery loop uses it.
/// </summary>
/// <param name="numbers">The counters of the loop, for dialects that number records.</param>
internal sealed class RecordEncodings(Record record, Action<Record, Exception> failed, TopicNumbers numbers)
{
    private Dictionary<IRenderer, EncodedMessage?>? _others;
    private IRenderer? _renderer;
    private EncodedMessage? _message;
    private List<(string Scope, string Topic, long Number)>? _numbers;

    public Record Record { get; private set; } = record;

    /// <summary>Whether a rate limiter holds the instance, so that the loop must not reuse it.</summary>
    public bool IsKept { get; private set; }

    public RecordEncodings Keep()
    {
        IsKept = true;
        return this;
    }

    public void Begin(Record next)
    {
        Record = next;
        _renderer = null;
        _message = null;
        _others?.Clear();
        _numbers?.Clear();
    }

    /// <summary>
    /// Returns the message of a renderer; null if the renderer could not encode the record. The caller then closes the connections that should have received
    /// it, and no others.
    /// </summary>
    public EncodedMessage? By(IRenderer renderer)
    {
        // Nearly always all connections share one renderer.
        if (ReferenceEquals(_renderer, renderer)) return _message;
        if (_others is not null && _others.TryGetValue(renderer, out var known)) return known;
        var message = Say(renderer);
        if (_renderer is null) (_renderer, _message) = (renderer, message);
        else (_others ??= [])[renderer] = message;
        return message;
    }

    private EncodedMessage? Say(IRenderer renderer)
    {
        var output = new MessageBuffer(Record.Data.Length + 256);
        try
        {
            if (renderer is INumberingRenderer numbering) numbering.Render(Record, new Numbers(this, numbering.Numbering), output);
            else renderer.Render(Record, output);
            return new EncodedMessage(output.Written, Record.Position, renderer.KeyOf(Record), Record.Class) { Ends = output.Ends };
        }
        catch (Exception e)
        {
            failed(Record, e);
            return null;
        }
    }

    // Each form of a dialect says the same number.
    private long NumberOf(string scope, string topic)
    {
        foreach (var known in _numbers ??= [])
        {
            if (known.Topic == topic && known.Scope == scope) return known.Number;
        }

        var number = numbers.Next(scope, topic);
        _numbers.Add((scope, topic, number));
        return number;
    }

    private sealed class Numbers(RecordEncodings owner, string scope) : ITopicNumbers
    {
        public long Of(string topic) => owner.NumberOf(scope, topic);
    }
}
