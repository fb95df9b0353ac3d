using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.SocketIO.EngineIO;

/// <summary>Connections here carry packets that are words already.</summary>
internal sealed class NoRecords : IRenderer
{
    public static readonly NoRecords Instance = new();

    public void Render(Record record, IMessageWriter output) => throw new NotSupportedException();

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => throw new NotSupportedException();

    public void RenderPosition(Position position, IMessageWriter output) => throw new NotSupportedException();
}
