using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.SocketIO.EngineIO;

/// <summary>The renderer of connections that only carry encoded packets and no records.</summary>
internal sealed class NoRecords : IRenderer
{
    public static readonly NoRecords Instance = new();

    public void Render(Record record, IMessageWriter output) => throw new NotSupportedException();

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => throw new NotSupportedException();

    public void RenderPosition(Position position, IMessageWriter output) => throw new NotSupportedException();
}
