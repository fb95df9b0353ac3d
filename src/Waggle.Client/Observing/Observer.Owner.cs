using System.Text.Json;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

public sealed partial class Observer
{
    private Position CurrentPosition => _position ?? _connection.Welcome!.Position;

    private void Take(RecordMessage record)
    {
        // Records of the other classes carry the position of the durable record that came before them.
        if (record.Class == Protocol.Records.RecordClass.Durable) _position = record.Position;
        _read.Add(new RecordObserved(record, Snapshot: false, CurrentPosition));
    }

    private void Take(Subscribed subscribed, Position? since, Position? now)
    {
        if (!subscribed.Recovered && since is { } hole) _read.Add(new NotRecovered(hole, now ?? _connection.Welcome!.Position));
        foreach (var record in subscribed.Records ?? []) Take(record);
        _position = now ?? _position ?? _connection.Welcome!.Position;
        foreach (var record in subscribed.Latest ?? []) _read.Add(new RecordObserved(record, Snapshot: true, CurrentPosition));
        _ready.TrySetResult();
    }

    private async ValueTask HandOverAsync(CancellationToken cancel)
    {
        try
        {
            foreach (var observation in _read)
            {
                if (!_buffer.Writer.TryWrite(observation)) await _buffer.Writer.WriteAsync(observation, cancel);
            }
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The reader left.
        }

        _read.Clear();
    }

    private sealed class Owner(Observer observer) : IConnectionOwner
    {
        public Hello CreateHello() => Hellos.Create(observer._options);

        public void Connected(Welcome welcome, int generation)
        {
            var connection = observer._connection;
            var filter = observer._filter;
            var message =
                new Subscribe { Topics = filter.Patterns, Since = observer._position, Filter = filter.Filter, MaxRate = filter.MaxRate, Batch = filter.Batch };
            var queued = connection.EnqueueAsync(new Subscribing(connection.NextNumber(), message, observer));
            System.Diagnostics.Debug.Assert(queued.IsCompletedSuccessfully, "Nothing else is ever queued here.");
        }

        public void Received(HubMessage message)
        {
            switch (message)
            {
                case RecordMessage record:
                    observer.Take(record);
                    break;
                case Gap gap:
                    observer._position = gap.To;
                    observer._read.Add(new GapObserved(gap.From, gap.Dropped, gap.To));
                    break;
                case PositionMessage position:
                    observer._position = position.Position;
                    break;
            }
        }

        public ValueTask FrameReadAsync(CancellationToken cancel) => observer._read.Count == 0 ? default : observer.HandOverAsync(cancel);

        public void Ended(WaggleException reason) => observer.Fail(reason);
    }

    /// <summary>The subscribe request of one socket. The next connection subscribes again, from the position reached.</summary>
    private sealed class Subscribing(long number, Subscribe message, Observer observer) : Request(number, message, repeatable: false)
    {
        public override void Answered(Reply reply, int generation)
        {
            var subscribed = JsonSerializer.Deserialize(reply.Result.Utf8.Span, HubJson.Default.Subscribed)!;
            observer.Take(subscribed, message.Since, reply.Position);
        }

        public override void Refused(ErrorMessage error) => observer.Fail(Errors.From(error));

        public override void Failed(WaggleException reason)
        {
            if (reason.Code != ClientErrorCodes.ConnectionLost) observer.Fail(reason);
        }
    }
}
