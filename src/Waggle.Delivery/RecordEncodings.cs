using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>A record on its way to connections, put into words once a form. The loop uses one again and again, unless somebody keeps it.</summary>
internal sealed class RecordEncodings(Record record, Action<Record, Exception> failed)
{
    private Dictionary<IRenderer, EncodedMessage?>? _others;
    private IRenderer? _renderer;
    private EncodedMessage? _message;

    public Record Record { get; private set; } = record;

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
    }

    /// <summary>Null: it cannot be said in this form. That ends the connections that should have heard it, and nobody else's.</summary>
    public EncodedMessage? By(IRenderer renderer)
    {
        // Nearly always all connections share one.
        if (ReferenceEquals(_renderer, renderer)) return _message;
        if (_others is not null && _others.TryGetValue(renderer, out var known)) return known;
        var said = Say(renderer);
        if (_renderer is null) (_renderer, _message) = (renderer, said);
        else (_others ??= [])[renderer] = said;
        return said;
    }

    private EncodedMessage? Say(IRenderer renderer)
    {
        var output = new MessageBuffer(Record.Data.Length + 256);
        try
        {
            renderer.Render(Record, output);
            return new EncodedMessage(output.Written, Record.Position, Record.Topic, Record.Class) { Ends = output.Ends };
        }
        catch (Exception e)
        {
            failed(Record, e);
            return null;
        }
    }
}
