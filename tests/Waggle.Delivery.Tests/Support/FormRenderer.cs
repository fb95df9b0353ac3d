using Waggle.Protocol;

namespace Waggle.Delivery.Tests.Support;

/// <summary>Says a record as <c>NAME TOPIC</c>, and counts what it was asked.</summary>
internal sealed class FormRenderer(string name) : IRenderer
{
    public int Rendered { get; private set; }

    public BatchEnvelope? Batches { get; init; }

    public string KeyOf(Record record) => name + record.Topic;

    public void Render(Record record, IMessageWriter output)
    {
        Rendered++;
        PlainRenderer.Say(output, $"{name} {record.Topic}");
    }

    public void RenderGap(Position from, Position to, long dropped, IMessageWriter output) => PlainRenderer.Say(output, "gap");

    public void RenderPosition(Position position, IMessageWriter output)
    {
    }
}
