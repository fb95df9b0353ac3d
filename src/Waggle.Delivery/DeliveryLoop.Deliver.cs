using Waggle.Delivery.Routing;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

public sealed partial class DeliveryLoop
{
    private void Deliver(SealedBatch batch)
    {
        if (!_started) _window.Start(batch.Records is [var first, ..] ? first.Position with { Offset = first.Position.Offset - (first.Class == RecordClass.Durable ? 1 : 0) } : batch.Head);
        else if (batch.Head.Epoch != _head.Epoch) _window.NewEpoch(batch.Head with { Offset = _head.Offset });
        foreach (var record in batch.Records) Deliver(record);
        _head = batch.Head;
        Metrics.Delivered(_delivered);
        _flushes.Add(batch, _delivered);
        _delivered = 0;
        if (_started) return;
        _started = true;
        foreach (var request in _early) Subscribe(request);
        _early.Clear();
    }

    // One write for all that came for a connection in a round.
    private void Flush()
    {
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Flush();
        }

        _dirty.Clear();
    }

    private void Deliver(Record record)
    {
        if (record.Class == RecordClass.Durable) _window.Add(record);
        else if (record.Class == RecordClass.Latest) _latest.Set(record);
        if (record.Clears is { } cleared) Clear(cleared);
        var fan = _router.Match(record.Topic);
        if (fan.IsEmpty) return;
        var telling = Begin(record);
        foreach (var connection in fan.Plain)
        {
            if (Hand(connection, telling)) MarkDirty(connection);
        }

        foreach (var group in fan.Groups) Deliver(telling, group);
    }

    // Who has several that want it hears it by the first: the one that lets it through soonest.
    private void Deliver(RecordEncodings telling, in SubscriberGroup group)
    {
        if (group.Filter is { } filter && !filter.Takes(telling.Record, _turn)) return;
        foreach (var subscription in group.Subscriptions)
        {
            if (subscription.Connection.Turn == _turn) continue;
            subscription.Connection.Turn = _turn;
            if (telling.Record.Class != RecordClass.Durable && subscription.Limiter?.Passes(telling, _schedule) == false) continue;
            Hand(subscription, telling);
        }
    }

    private void Hand(Subscription subscription, RecordEncodings telling)
    {
        if (Hand(subscription.Connection, telling) && subscription.Batcher?.Fills(_schedule) != false) MarkDirty(subscription.Connection);
    }

    private bool Hand(Connection connection, RecordEncodings telling)
    {
        if (connection.Hears?.Invoke(telling.Record) == false) return false;
        if (telling.By(connection.Renderer) is not { } said)
        {
            connection.Close(CloseCodes.InternalError, "An internal error occurred. Reconnect with your last position.");
            return false;
        }

        // This dialect has no word for it.
        if (said.Body.IsEmpty) return false;
        connection.Deliver(said);

        // A value that was kept back carries a position that lies behind what went out in between.
        if (said.Position.Epoch != connection.LastSentPosition.Epoch || said.Position.Offset > connection.LastSentPosition.Offset) connection.LastSentPosition = said.Position;
        _delivered++;
        return true;
    }

    private void MarkDirty(Connection connection)
    {
        if (connection.IsDirty) return;
        connection.IsDirty = true;
        _dirty.Add(connection);
    }

    private RecordEncodings Begin(Record record)
    {
        _turn++;
        if (_encodings.IsKept) return _encodings = NewEncodings(record);
        _encodings.Begin(record);
        return _encodings;
    }

    private RecordEncodings NewEncodings(Record record) => new(record, (r, e) => LogUnsaid(_log, r.Kind, r.Topic, r.Position, e));

    // The last value of what ends here goes before the end.
    private void Clear(string topic)
    {
        _latest.Remove(topic);
        if (_limiters == 0) return;
        foreach (var group in _router.Match(topic).Groups)
        {
            foreach (var subscription in group.Subscriptions) subscription.Limiter?.Release(topic);
        }
    }

    private void TellEpisodes()
    {
        while (_episodes.TryDequeue(out var episode)) Deliver(episode.ToRecord(_head, _time.GetUtcNow()));
    }

    private void Heard(SlowEpisode episode)
    {
        _episodes.Enqueue(episode);
        Wake();
    }

    // One body for all: a subscriber that hears nothing can still resume from here instead of from long ago.
    private void TellPositions()
    {
        var bodies = new Dictionary<IRenderer, EncodedMessage>();
        foreach (var connection in _connections)
        {
            if (connection.LastSentPosition == _head) continue;
            connection.LastSentPosition = _head;
            if (!bodies.TryGetValue(connection.Renderer, out var said))
            {
                var output = new MessageBuffer(64);
                connection.Renderer.RenderPosition(_head, output);
                bodies[connection.Renderer] = said = new EncodedMessage(output.Written, _head);
            }

            if (!said.Body.IsEmpty) connection.Send(said.Body);
        }
    }
}
