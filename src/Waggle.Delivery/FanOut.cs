using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Puts a record into the outbox of each connection that subscribes to it, and writes these outboxes when its owner asks. Its delivery loop's alone.
/// </summary>
/// <param name="failed">A record could not be encoded; its subscribers' connections close.</param>
internal sealed class FanOut(Router router, Schedule schedule, Action<Record, Exception> failed)
{
    private readonly List<Connection> _dirty = [];
    private RecordEncodings _encodings = new(null!, failed);
    private long _turn;
    private long _delivered;

    /// <summary>The number of connections that a record was delivered to since the last call, each record counted.</summary>
    public long TakeDelivered()
    {
        var delivered = _delivered;
        _delivered = 0;
        return delivered;
    }

    public void Deliver(Record record)
    {
        var fan = router.Match(record.Topic);
        if (fan.IsEmpty) return;
        var encodings = Begin(record);
        foreach (var connection in fan.Plain)
        {
            if (Deliver(connection, encodings)) MarkDirty(connection);
        }

        foreach (var group in fan.Groups) Deliver(encodings, group);
    }

    /// <summary>Delivers a record to one subscription, past its filter and its rate.</summary>
    public void Deliver(Subscription subscription, RecordEncodings encodings)
    {
        if (Deliver(subscription.Connection, encodings) && subscription.Batcher?.Fills(schedule) != false) MarkDirty(subscription.Connection);
    }

    /// <summary>The next <see cref="Flush"/> writes the connection's outbox.</summary>
    public void MarkDirty(Connection connection)
    {
        if (connection.IsDirty) return;
        connection.IsDirty = true;
        _dirty.Add(connection);
    }

    /// <summary>One write for all records that came for a connection since the last call.</summary>
    public void Flush()
    {
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Flush();
        }

        _dirty.Clear();
    }

    // A connection with several subscriptions to the record gets it by the first: the one that lets it through soonest.
    private void Deliver(RecordEncodings encodings, in SubscriberGroup group)
    {
        if (group.Filter is { } filter && !filter.Takes(encodings.Record, _turn)) return;
        foreach (var subscription in group.Subscriptions)
        {
            if (subscription.Connection.Turn == _turn) continue;
            subscription.Connection.Turn = _turn;
            if (encodings.Record.Class != RecordClass.Durable && subscription.Limiter?.Passes(encodings, schedule) == false) continue;
            Deliver(subscription, encodings);
        }
    }

    private bool Deliver(Connection connection, RecordEncodings encodings)
    {
        if (connection.Hears?.Invoke(encodings.Record) == false) return false;
        if (encodings.By(connection.Renderer) is not { } message)
        {
            connection.Close(CloseCodes.InternalError, DeliveryLoop.InternalError);
            return false;
        }

        // This dialect does not know the record.
        if (message.Body.IsEmpty) return false;
        connection.Deliver(message);

        // A value that was kept back has a position that lies behind the records that went out in between.
        var last = connection.LastSentPosition;
        if (message.Position.Epoch != last.Epoch || message.Position.Offset > last.Offset) connection.LastSentPosition = message.Position;
        _delivered++;
        return true;
    }

    private RecordEncodings Begin(Record record)
    {
        _turn++;
        if (_encodings.IsKept) return _encodings = new RecordEncodings(record, failed);
        _encodings.Begin(record);
        return _encodings;
    }
}
