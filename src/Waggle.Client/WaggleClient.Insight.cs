using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>The hub's newest reading of its machine, its process and itself.</summary>
    public Task<SystemView> ShowSystemAsync(CancellationToken cancel = default) =>
        CommandAsync(new SystemShow(), HubJson.Default.SystemView, cancel);

    /// <summary>Alerts, newest first.</summary>
    /// <param name="states">In these states only; left out or empty: in all.</param>
    /// <param name="limit">At most so many, to 1,000.</param>
    public async Task<IReadOnlyList<AlertView>> ListAlertsAsync(
        IReadOnlyList<AlertState>? states = null, int limit = 100, CancellationToken cancel = default) =>
        (await CommandAsync(new AlertList { States = states, Limit = limit }, HubJson.Default.AlertPage, cancel)).Alerts;

    /// <summary>Says that somebody has seen an alert; it stays open until what it is about is over.</summary>
    public Task<AlertView> AcknowledgeAlertAsync(string alert, CancellationToken cancel = default) =>
        CommandAsync(new AlertAcknowledge { Alert = alert }, HubJson.Default.AlertView, cancel);
}
