using System.Globalization;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// One message that wants an answer, from its making to its answer, over as many connections as that takes.
/// Exactly one of <see cref="Answered"/>, <see cref="Refused"/> and <see cref="Failed"/> is called, from the reading loop or from whoever ends the connection.
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

    /// <summary>Whether the hub may be told twice: then a lost connection only delays it.</summary>
    public bool Repeatable { get; }

    /// <summary>Set by the writing loop just before the bytes go out; read by the supervisor when no loop runs.</summary>
    public bool Written { get; set; }

    /// <summary>Nobody waits for it any more: it is not written.</summary>
    public virtual bool Abandoned => false;

    public abstract void Answered(Reply reply, int generation);

    public abstract void Refused(ErrorMessage error);

    public abstract void Failed(WaggleException reason);
}
