namespace Waggle.Delivery.Shaping;

/// <summary>
/// Lets records of a subscription wait in the outbox until there are enough of them or the first has waited long enough. Any other message to the connection
/// is sent together with them, after them, so the order is kept. Only its delivery loop uses it.
/// </summary>
internal sealed class Batcher(BatchRule rule, Connection connection, Action<Connection> flush) : Appointment
{
    private int _waiting;
    private long _due;
    private long _takes;

    /// <summary>Counts one more record in the outbox.</summary>
    /// <returns>True if the batch is full.</returns>
    public bool Fills(Schedule schedule)
    {
        // Another message has taken the earlier records of the batch with it, so this one is the first of the next.
        var takes = connection.Takes;
        if (takes != _takes) (_waiting, _takes) = (0, takes);
        if (++_waiting >= rule.Max)
        {
            _waiting = 0;
            return true;
        }

        if (_waiting > 1) return false;
        _due = schedule.Now + rule.Wait.Ticks;
        if (!IsSet) schedule.Set(this, _due);
        return false;
    }

    // A full batch was written before its time. The appointment then applies to the next batch.
    public override long Due(long now)
    {
        if (_waiting == 0) return 0;
        if (_due > now) return _due;
        _waiting = 0;
        if (connection.Takes == _takes) flush(connection);
        return 0;
    }
}
