using Waggle.Delivery.Routing;
using Waggle.Delivery.Shaping;
using Waggle.Protocol;
using Waggle.Protocol.Records;

namespace Waggle.Delivery;

/// <summary>
/// Puts a record into the outbox of each connection that subscribes to it, and writes these outboxes on a flush. Only its delivery loop uses it.
/// </summary>
/// <param name="numbers">The counters for dialects that number records.</param>
/// <param name="failed">Receives a record that could not be encoded. The connections of its subscribers close.</param>
internal sealed class FanOut(Router router, Schedule schedule, TopicNumbers numbers, Action<Record, Exception> failed)
{
    private readonly List<Connection> _dirty = [];
    private RecordEncodings _encodings = new(null!, failed, numbers);
    private long _turn;
    private long _delivered;

    /// <summary>Returns the number of deliveries since the last call: each record counts once for each connection.</summary>
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
            if (Deliver(connection, encodings, FormFor(connection, record))) MarkDirty(connection);
        }

        foreach (var (form, connections) in fan.Forms)
        {
            foreach (var connection in connections)
            {
                if (Deliver(connection, encodings, form)) MarkDirty(connection);
            }
        }

        foreach (var group in fan.Groups) Deliver(encodings, group);
    }

    /// <summary>Delivers a record to one subscription without its filter and its rate limit.</summary>
    public void Deliver(Subscription subscription, RecordEncodings encodings)
    {
        var connection = subscription.Connection;
        var form = subscription.Form ?? FormFor(connection, encodings.Record);
        if (Deliver(connection, encodings, form) && subscription.Batcher?.Fills(schedule) != false) MarkDirty(connection);
    }

    /// <summary>Adds the connection to those whose outboxes the next <see cref="Flush"/> writes.</summary>
    public void MarkDirty(Connection connection)
    {
        if (connection.IsDirty) return;
        connection.IsDirty = true;
        _dirty.Add(connection);
    }

    /// <summary>Writes the outbox of each marked connection: one write for all records that it received since the last call.</summary>
    public void Flush()
    {
        foreach (var connection in _dirty)
        {
            connection.IsDirty = false;
            connection.Flush();
        }

        _dirty.Clear();
    }

    // A connection with several subscriptions to the record receives it through the first of them, which delays it least. Each form is a message of its own.
    private void Deliver(RecordEncodings encodings, in SubscriberGroup group)
    {
        if (group.Filter is { } filter && !filter.Takes(encodings.Record, _turn)) return;
        foreach (var subscription in group.Subscriptions)
        {
            if (subscription.Form is null)
            {
                if (subscription.Connection.Turn == _turn) continue;
                subscription.Connection.Turn = _turn;
            }

            if (encodings.Record.Class != RecordClass.Durable && subscription.Limiter?.Passes(encodings, schedule) == false) continue;
            Deliver(subscription, encodings);
        }
    }

    private bool Deliver(Connection connection, RecordEncodings encodings, IRenderer? form)
    {
        if (connection.Hears?.Invoke(encodings.Record) == false) return false;
        if (form is null) return false;
        if (encodings.By(form) is not { } message)
        {
            connection.Close(CloseCodes.InternalError, DeliveryLoop.InternalError);
            return false;
        }

        // The dialect has no message for the record.
        if (message.Body.IsEmpty) return false;
        connection.Deliver(message);

        // A value that a limiter held back has an older position than the records that were sent in between.
        var last = connection.LastSentPosition;
        if (message.Position.Epoch != last.Epoch || message.Position.Offset > last.Offset) connection.LastSentPosition = message.Position;
        _delivered++;
        return true;
    }

    // Null if the client does not receive the record.
    private static IRenderer? FormFor(Connection connection, Record record) => connection.FormOf is { } choose ? choose(record) : connection.Renderer;

    private RecordEncodings Begin(Record record)
    {
        _turn++;
        if (_encodings.IsKept) return _encodings = new RecordEncodings(record, failed, numbers);
        _encodings.Begin(record);
        return _encodings;
    }
}
