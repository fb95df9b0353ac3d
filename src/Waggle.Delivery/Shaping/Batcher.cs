namespace Waggle.Delivery.Shaping;

/// <summary>
/// Lets records of a subscription wait in the outbox until there are enough of them or the first has waited long enough. Any other message to the connection
/// takes them with it, so their order stays. Its delivery loop's alone.
/// </summary>
internal sealed class Batcher(BatchRule rule, Connection connection, Action<Connection> flush) : Appointment
{
    private int _waiting;
    private long _due;

    /// <summary>One more is in the outbox. True: that is enough.</summary>
    public bool Fills(Schedule schedule)
    {
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

    // A batch that was full took its time with it: the appointment then stands for the one after.
    public override long Due(long now)
    {
        if (_waiting == 0) return 0;
        if (_due > now) return _due;
        _waiting = 0;
        flush(connection);
        return 0;
    }
}
