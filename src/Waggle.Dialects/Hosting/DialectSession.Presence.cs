using Waggle.Core;
using Waggle.Core.Presence;

namespace Waggle.Dialects.Hosting;

public sealed partial class DialectSession
{
    // As whom it is here: a token that is refreshed stays the same subject's.
    private Principal? _present;

    /// <summary>The session's user is here from now on until the session ends.</summary>
    private async Task BePresentAsync(PresenceIntent intent)
    {
        _present = _principal;
        await _host.Hive.SubmitAsync(new SetPresence(Id, intent.Status, intent.Reads) { By = _principal }, this, intent, CancellationToken.None);
    }

    private async Task LeaveAsync()
    {
        if (_present is { } by)
            await _host.Hive.SubmitAsync(new LeavePresence(Id) { By = by }, NoSink.Instance, null, CancellationToken.None).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
