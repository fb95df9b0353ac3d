using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class WaggleConnection
{
    private readonly Action<HubMessage> _onMessage;
    private readonly Action<ProtocolError> _onProblem;
    private WaggleException? _fault;
    private Bye? _goodbye;

    private async Task ReadLoopAsync(FrameReader reader, CancellationToken cancel)
    {
        do
        {
            await _owner.FrameReadAsync(cancel);
        }
        while (await ReadFrameAsync(reader, cancel));
    }

    private async ValueTask<bool> ReadFrameAsync(FrameReader reader, CancellationToken cancel)
    {
        if (!await reader.ReadAsync(cancel)) return false;
        MessageCodec.ReadHub(reader.Frame, _onMessage, _onProblem);
        return _fault is null ? true : throw _fault;
    }

    private void Dispatch(HubMessage message)
    {
        if (!IsConnected)
        {
            Greet(message);
            return;
        }

        switch (message)
        {
            case Reply reply:
                // Nobody: it was cancelled, or answered before the connection broke.
                Take(reply.Id)?.Answered(reply, Generation);
                break;
            case ErrorMessage { Id: not null } error:
                Take(error.Id)?.Refused(error);
                break;
            case ErrorMessage error:
                // Some message of ours could not be read, and which one the hub cannot say: all are asked again over a new socket.
                _fault = Errors.From(error);
                break;
            case Bye bye:
                _goodbye = bye;
                break;
            case AuthExpiring:
                if (_expiring.CurrentCount == 0) _expiring.Release();
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
                Welcome = welcome;
                Generation++;
                IsConnected = true;
                _backoff.Reset();
                _refused = false;
                _owner.Connected(welcome, Generation);
                _options.OnConnected?.Invoke(welcome);
                _first.TrySetResult();
                break;
            case ErrorMessage error:
                _fault = Errors.From(error);
                break;
            case Bye bye:
                _goodbye = bye;
                break;
            default:
                _fault = new(ClientErrorCodes.Protocol, $"The hub's first message was {message.Type}, not welcome.");
                break;
        }
    }

    private void Unreadable(ProtocolError problem)
    {
        var error = new ErrorMessage { Code = ClientErrorCodes.Protocol, Message = $"The hub sent an unreadable message: {problem.Message}" };
        if (Take(problem.Id) is { } request) request.Refused(error);
        else _fault ??= Errors.From(error);
    }
}
