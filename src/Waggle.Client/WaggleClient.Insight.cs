using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>Returns the hub's newest reading of its machine, its process and itself.</summary>
    public Task<SystemView> ShowSystemAsync(CancellationToken cancel = default) =>
        CommandAsync(new SystemShow(), HubJson.Default.SystemView, cancel);

    /// <summary>Lists alerts, newest first.</summary>
    /// <param name="states">The states of the alerts; null or empty for all.</param>
    /// <param name="limit">The greatest number of alerts, up to 1,000.</param>
    public async Task<IReadOnlyList<AlertView>> ListAlertsAsync(
        IReadOnlyList<AlertState>? states = null, int limit = 100, CancellationToken cancel = default) =>
        (await CommandAsync(new AlertList { States = states, Limit = limit }, HubJson.Default.AlertPage, cancel)).Alerts;

    /// <summary>Acknowledges an alert. The alert stays open until its cause is over.</summary>
    public Task<AlertView> AcknowledgeAlertAsync(string alert, CancellationToken cancel = default) =>
        CommandAsync(new AlertAcknowledge { Alert = alert }, HubJson.Default.AlertView, cancel);
}
