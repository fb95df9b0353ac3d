namespace Waggle.Client;

public sealed partial class TaskWork
{
    private Reports? _reports;

    /// <summary>Says how far the work is. Only the newest counts: at most ten a second are sent, and the last one before the end always is.</summary>
    /// <param name="progress">0..1</param>
    /// <param name="message">What the work is at. Of more than 10,000 UTF-16 units the first are sent, with an ellipsis.</param>
    /// <returns>As a rule completed; else it waits for room while the hub is slow or away.</returns>
    public ValueTask ReportProgressAsync(double progress, string? message = null)
    {
        if (!(progress is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(progress), progress, "Progress is 0..1.");
        return HasEnded ? default : ReportsOf().Progress(progress, message);
    }

    /// <summary>
    /// Adds a line to the task's log; one of more than 10,000 UTF-16 units is sent as several. Lines are collected for up to 100 ms and sent in order; over
    /// a lost connection some may be sent twice, none is lost.
    /// </summary>
    /// <returns>As a rule completed; else it waits for room while the hub is slow or away.</returns>
    public ValueTask LogAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return HasEnded ? default : ReportsOf().Log(line);
    }

    private ValueTask CloseReportsAsync() => Volatile.Read(ref _reports)?.Close() ?? default;

    // Most tasks report nothing and pay nothing for it.
    private Reports ReportsOf() =>
        Volatile.Read(ref _reports) ?? Interlocked.CompareExchange(ref _reports, new Reports(this, _worker), null) ?? _reports!;
}
