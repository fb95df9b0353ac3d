using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>
/// Reads the frames of one socket and gives each message to its receiver: an answer to its request, everything else to the owner. Used by the loop that reads
/// the socket.
/// </summary>
internal sealed class MessageDispatcher
{
    private readonly ConnectionState _state;
    private readonly RequestTable _requests;
    private readonly IConnectionOwner _owner;
    private readonly Action<Welcome> _welcomed;
    private readonly Action _expiring;
    private readonly Action<HubMessage> _onMessage;
    private readonly Action<ProtocolError> _onProblem;
    private WaggleException? _fault;

    /// <param name="welcomed">Called with the welcome, before any other message is handled.</param>
    /// <param name="expiring">Called when the hub warns that the token expires soon.</param>
    public MessageDispatcher(ConnectionState state, RequestTable requests, IConnectionOwner owner, Action<Welcome> welcomed, Action expiring)
    {
        _state = state;
        _requests = requests;
        _owner = owner;
        _welcomed = welcomed;
        _expiring = expiring;
        _onMessage = Dispatch;
        _onProblem = Unreadable;
    }

    /// <summary>The hub's reason for the close that follows; null if it gave none.</summary>
    public Bye? Goodbye { get; private set; }

    /// <exception cref="WaggleException">The hub refused the hello, or one side could not read the other.</exception>
    public void Read(ReadOnlySpan<byte> frame)
    {
        MessageCodec.ReadHub(frame, _onMessage, _onProblem);
        if (_fault is not null) throw _fault;
    }

    private void Dispatch(HubMessage message)
    {
        if (!_state.IsConnected)
        {
            Greet(message);
            return;
        }

        switch (message)
        {
            case Reply reply:
                _requests.Take(reply.Id)?.Answered(reply, _state.Generation);
                break;
            case ErrorMessage { Id: not null } error:
                _requests.Take(error.Id)?.Refused(error);
                break;
            case ErrorMessage error:
                // The hub could not read a message of this client and cannot name it, so the client sends all of them again over a new socket.
                _fault = Errors.From(error);
                break;
            case Bye bye:
                Goodbye = bye;
                break;
            case AuthExpiring:
                _expiring();
                break;
            default:
                _owner.Received(message);
                break;
        }
    }

    private void Greet(HubMessage message)
    {
        switch (message)
        {
            case Welcome welcome:
                _state.Welcomed(welcome);
                _welcomed(welcome);
                break;
            case ErrorMessage error:
                _fault = Errors.From(error);
                break;
            case Bye bye:
                Goodbye = bye;
                break;
            default:
                _fault = new(ClientErrorCodes.Protocol, $"The hub's first message was {message.Type}, not welcome.");
                break;
        }
    }

    private void Unreadable(ProtocolError problem)
    {
        var error = new ErrorMessage { Code = ClientErrorCodes.Protocol, Message = $"The hub sent an unreadable message: {problem.Message}" };
        if (_requests.Take(problem.Id) is { } request) request.Refused(error);
        else _fault ??= Errors.From(error);
    }
}
