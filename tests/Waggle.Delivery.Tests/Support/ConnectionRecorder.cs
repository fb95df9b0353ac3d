namespace Waggle.Delivery.Tests.Support;

/// <summary>Records the events of a part of a connection.</summary>
internal sealed class ConnectionRecorder : IConnectionEvents
{
    private int _ended;

    public int Ended => Volatile.Read(ref _ended);

    public Exception? Fault { get; private set; }

    public long Dropped { get; private set; }

    /// <summary>Runs before each write.</summary>
    public Action BeforeWrite { get; set; } = () => { };

    void IConnectionEvents.Writing() => BeforeWrite();

    void IConnectionEvents.CaughtUp(long dropped) => Dropped += dropped;

    void IConnectionEvents.EncodingFailed(Exception e) => Fault = e;

    void IConnectionEvents.Ended() => Interlocked.Increment(ref _ended);
}
