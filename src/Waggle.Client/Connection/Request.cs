using System.Globalization;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// One message that needs an answer, from its creation to its answer, over any number of connections. Exactly one of <see cref="Answered"/>,
/// <see cref="Refused"/> and <see cref="Failed"/> is called, from the reading loop or from the code that ends the connection.
/// </summary>
internal abstract class Request
{
    protected Request(long number, ClientMessage message, bool repeatable)
    {
        Number = number;
        Message = message with { Id = number.ToString(CultureInfo.InvariantCulture) };
        Repeatable = repeatable;
    }

    public long Number { get; }

    public ClientMessage Message { get; }

    /// <summary>Whether the message can be sent twice without harm. A lost connection then only delays it.</summary>
    public bool Repeatable { get; }

    /// <summary>Whether the message was written. The writing loop sets it just before it sends the bytes; the supervisor reads it when no loop runs.</summary>
    public bool Written { get; set; }

    /// <summary>Whether no caller waits for the answer any more. The writing loop skips such a request.</summary>
    public virtual bool Abandoned => false;

    public abstract void Answered(Reply reply, int generation);

    public abstract void Refused(ErrorMessage error);

    public abstract void Failed(WaggleException reason);
}
