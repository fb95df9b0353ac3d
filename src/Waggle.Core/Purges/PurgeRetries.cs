namespace Waggle.Core.Purges;

/// <summary>
/// The times at which purges that failed are due again: the pause doubles with each failure, from one second to ten minutes. A purge that fails does not
/// hold up the others. Not thread-safe.
/// </summary>
internal sealed class PurgeRetries(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, (int Failures, DateTimeOffset Due)> _failed = new(StringComparer.Ordinal);

    /// <summary>Returns the time at which a purge is due; the earliest one for a purge that has not failed.</summary>
    public DateTimeOffset DueOf(string purge) => _failed.TryGetValue(purge, out var failed) ? failed.Due : DateTimeOffset.MinValue;

    public void Failed(string purge)
    {
        var failures = _failed.TryGetValue(purge, out var failed) ? failed.Failures + 1 : 1;
        var pause = failures > 10 ? Longest : TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << (failures - 1)));
        _failed[purge] = (failures, time.GetUtcNow() + pause);
    }

    public void Succeeded(string purge) => _failed.Remove(purge);
}
