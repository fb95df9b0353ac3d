using System.Text.Json;
using System.Threading.Channels;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Records;

namespace Waggle.Client;

/// <summary>
/// Subscribes on each connection of an observer, from the position reached, and turns the hub's messages into observations. Only the
/// connection's loop uses it.
/// </summary>
internal sealed class ObserverOwner(
    WaggleClientOptions options, ObserverFilter filter, ChannelWriter<Observation> buffer, TaskCompletionSource ready, Action<WaggleException> failed)
    : IConnectionOwner
{
    private readonly List<Observation> _read = [];
    private WaggleConnection _connection = null!;
    private Position? _position = filter.Since;

    private Position CurrentPosition => _position ?? _connection.Welcome!.Position;

    /// <summary>Sets the connection that this subscribes on, before it starts.</summary>
    public void Attach(WaggleConnection connection) => _connection = connection;

    public Hello CreateHello() => Hellos.Create(options);

    public void Connected(Welcome welcome, int generation)
    {
        var message = new Subscribe { Topics = filter.Patterns, Since = _position, Filter = filter.Filter, MaxRate = filter.MaxRate, Batch = filter.Batch };
        var queued = _connection.EnqueueAsync(new Subscribing(_connection.NextNumber(), message, this));
        System.Diagnostics.Debug.Assert(queued.IsCompletedSuccessfully, "Nothing else is ever queued here.");
    }

    public void Received(HubMessage message)
    {
        switch (message)
        {
            case RecordMessage record:
                Take(record);
                break;
            case Gap gap:
                _position = gap.To;
                _read.Add(new GapObserved(gap.From, gap.Dropped, gap.To));
                break;
            case PositionMessage position:
                _position = position.Position;
                break;
        }
    }

    public ValueTask FrameReadAsync(CancellationToken cancel) => _read.Count == 0 ? default : HandOverAsync(cancel);

    public void Ended(WaggleException reason) => failed(reason);

    private void Take(RecordMessage record)
    {
        // Records of the other classes carry the position of the durable record that came before them.
        if (record.Class == RecordClass.Durable) _position = record.Position;
        _read.Add(new RecordObserved(record, Snapshot: false, CurrentPosition));
    }

    private void Take(Subscribed subscribed, Position? since, Position? now)
    {
        if (!subscribed.Recovered && since is { } hole) _read.Add(new NotRecovered(hole, now ?? _connection.Welcome!.Position));
        foreach (var record in subscribed.Records ?? []) Take(record);
        _position = now ?? _position ?? _connection.Welcome!.Position;
        foreach (var record in subscribed.Latest ?? []) _read.Add(new RecordObserved(record, Snapshot: true, CurrentPosition));
        ready.TrySetResult();
    }

    private async ValueTask HandOverAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var observation in _read)
            {
                if (!buffer.TryWrite(observation)) await buffer.WriteAsync(observation, cancel);
            }
        }
        catch (ChannelClosedException)
        {
            // The reader left.
        }

        _read.Clear();
    }

    /// <summary>The subscribe request of one socket. The next connection subscribes again, from the position reached.</summary>
    private sealed class Subscribing(long number, Subscribe message, ObserverOwner owner) : Request(number, message, repeatable: false)
    {
        public override void Answered(Reply reply, int generation)
        {
            var subscribed = JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.Subscribed)!;
            owner.Take(subscribed, message.Since, reply.Position);
        }

        public override void Refused(ErrorMessage error) => owner.Ended(Errors.From(error));

        public override void Failed(WaggleException reason)
        {
            if (reason.Code != ClientErrorCodes.ConnectionLost) owner.Ended(reason);
        }
    }
}
