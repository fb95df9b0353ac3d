using Waggle.Delivery;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Dialects.OrchestratorHub;

internal sealed class OrchestratorHubRenderer : IRenderer
{
    public static readonly OrchestratorHubRenderer Instance = new();

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
