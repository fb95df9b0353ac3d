namespace Waggle.Shared;

/// <summary>
/// The time that a command waits for an unreachable hub. Its token is cancelled when a disconnect lasts too long. The SDK itself would retry without end.
/// </summary>
internal sealed class RetryWindow(TimeSpan first, TimeSpan later, CancellationToken asked) : IDisposable
{
    private readonly CancellationTokenSource _enough = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource? _both;
    private bool _connected;
    private bool _away;

    /// <summary>Cancelled when the time has passed or the user interrupted.</summary>
    public CancellationToken Token => (_both ??= CancellationTokenSource.CreateLinkedTokenSource(_enough.Token, asked)).Token;

    public bool IsOver => _enough.IsCancellationRequested;

    public Exception? LastTrouble { get; private set; }

    public void Connected()
    {
        lock (_gate)
        {
            (_connected, _away) = (true, false);
            _enough.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Disconnected(Exception trouble)
    {
        lock (_gate)
        {
            LastTrouble = trouble;
            if (_away) return;
            _away = true;
            _enough.CancelAfter(_connected ? later : first);
        }
    }

    public void Dispose()
    {
        _both?.Dispose();
        _enough.Dispose();
    }
}
