using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// How one dialect and form says what the delivery loop tells it. Pure: a body is a function of the record alone, so that it is made once and shared by all
/// connections with the same renderer (compared by reference).
/// </summary>
public interface IRenderer
{
    /// <summary>One message, several, or none: what this dialect has no word for costs its connections nothing more.</summary>
    void Render(Record record, IMessageWriter output);

    /// <summary>Records between two positions were dropped for this connection.</summary>
    void RenderGap(Position from, Position to, long dropped, IMessageWriter output);

    /// <summary>All that concerns the connection up to here was sent. Dialects without positions say nothing.</summary>
    void RenderPosition(Position position, IMessageWriter output);
}

/// <summary>Something for one connection that is put into words only when it is written: on the connection's time, not on the owner's loop.</summary>
public interface IDeferred
{
    /// <summary>About how many bytes it holds until then; the same whenever asked.</summary>
    int Size => 512;

    void Write(IMessageWriter output);
}
