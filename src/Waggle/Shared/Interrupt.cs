using System.Runtime.InteropServices;

namespace Waggle.Shared;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP (the terminal was closed) as tokens. The first signal requests the end, the second forces it, and the third ends the process as
/// without a handler.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly CancellationTokenSource _insisted = new();
    private readonly PosixSignalRegistration[] _signals;
    private int _count;

    public Interrupt() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, On),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, On),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, On),
    ];

    public CancellationToken Asked => _asked.Token;

    public CancellationToken Insisted => _insisted.Token;

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _asked.Dispose();
        _insisted.Dispose();
    }

    private void On(PosixSignalContext context)
    {
        var count = Interlocked.Increment(ref _count);
        context.Cancel = count <= 2;
        if (count == 1) _asked.Cancel();
        else if (count == 2) _insisted.Cancel();
    }
}
