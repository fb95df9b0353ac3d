using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// A renderer of a dialect whose messages carry a number for each topic of the dialect. The delivery loop counts only what it renders for such a dialect, so a
/// hub without its clients does no work for the numbers.
/// </summary>
/// <remarks>
/// The numbers of a topic begin with 1 and grow by 1 with each record that the loop renders for it, in the order of delivery; they restart with an epoch. They
/// let a client find a hole while it is subscribed, and are no position: records of the log, which a resume brings, are rendered by
/// <see cref="IRenderer.Render"/> and have no number.
/// </remarks>
public interface INumberingRenderer : IRenderer
{
    /// <summary>The name under which the forms of one dialect share their numbers: a record has the same number in each form.</summary>
    string Numbering { get; }

    /// <summary>Renders a record with its numbers.</summary>
    void Render(Record record, ITopicNumbers numbers, IMessageWriter output);
}

/// <summary>The numbers of one record.</summary>
public interface ITopicNumbers
{
    /// <summary>Returns the record's number on a topic as the dialect names it; the same for each call.</summary>
    long Of(string topic);
}
