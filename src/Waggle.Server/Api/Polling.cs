using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Leases;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Server.Hosting;

namespace Waggle.Server.Api;

/// <summary>
/// Serves a worker without a connection that asks for work. The hub attaches it for the time of its request, by the same command as a socket. The hub removes
/// the link before it writes the answer, so that it assigns nothing to a client that has closed the connection.
/// </summary>
internal sealed class Polling(IHive hive, Clients clients, TimeProvider time, TimeSpan agentOfflineAfter, CancellationToken stopping)
{
    public const int MaxWaitMs = 60_000;

    public async Task RunAsync(ApiCall call)
    {
        var body = await call.ReadAsync(RestClientJson.Default.PollBody);
        if (body.N is < 1 or > Limits.MaxSlots) throw ApiFault.Invalid($"n is 1 to {Limits.MaxSlots}; it was {body.N}.");
        if (body.WaitMs is < 0 or > MaxWaitMs) throw ApiFault.Invalid($"wait_ms is 0 to {MaxWaitMs}; it was {body.WaitMs}.");
        var id = $"p-{RandomId.Hex(6)}";
        await call.WithPlaceAsync(() => clients.RunAsync(new PollClient(id, call, body.Agent, time.GetUtcNow()), PollAsync(call, body)));
    }

    private async Task PollAsync(ApiCall call, PollBody body)
    {
        var link = new PollLink();
        var by = call.By.For(body.Agent);
        var hello = new AgentHello
        {
            Name = body.Name,
            Secret = body.Secret,
            Swarm = body.Swarm,
            Capabilities = body.Capabilities,
            Types = body.Types,
            Slots = body.N,
            Holding = body.Holding,
            SpawnToken = body.SpawnToken,
        };

        // These two run to their end, so that every attached agent is detached.
        var attached = await hive.AskAsync(new AttachAgent(hello, body.Agent, link) { By = call.By, Poll = true }, CancellationToken.None);
        if (attached.Error is { } refused) throw new ApiFault(refused);
        var life = TokenLife.Of(call.Credential, time, hive.Revoked);
        await WaitAsync(call, link, by, body.WaitMs, life);
        var detached = await hive.AskAsync(new DetachAgent(body.Agent, link) { By = by }, CancellationToken.None);

        var leases = link.Take();
        var wanted = call.Gone.IsCancellationRequested || life is { IsOver: true } ? 0 : body.N;

        // The client is gone and cannot take them, or one of its tasks ended during the request and gave it credit that it did not ask for.
        foreach (var lease in leases.Skip(wanted))
            await hive.AskAsync(new ReleaseTask(new LeaseRef(lease.Task, lease.Attempt, lease.Token)) { By = by }, CancellationToken.None);
        if (leases.Count == 0 && link.Closed is var (code, reason))
            throw new ApiFault(code == CloseCodes.AgentRemoved ? ErrorCodes.AgentRemoved : ErrorCodes.AgentInUse, reason);
        if (hive.Revoked.Contains(by.TokenId)) throw new ApiFault(ErrorCodes.Unauthenticated, "The token was revoked. Use another token.");
        await call.AnswerAsync(leases.Count == 0
            ? new Outcome(null, null, detached.Head)
            : new Outcome(new LeasePage([.. leases.Take(wanted)]), null, detached.Head));
    }

    private async Task WaitAsync(ApiCall call, PollLink link, Principal by, int waitMs, TokenLife? life)
    {
        var wait = TimeSpan.FromMilliseconds(waitMs);

        // The hub assigns nothing to a token that has expired.
        if (life?.Left is { } left && left < wait) wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        using var end = new CancellationTokenSource(wait, time);
        using var revocation = by.TokenId is { } token ? hive.Revoked.OnRevoked(token, end.Cancel) : null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(end.Token, call.Gone, stopping);
        while (!link.Something.IsCompleted && !enough.IsCancellationRequested)
        {
            // A waiting worker is connected, so the hub notes signs of life in good time, as a socket gives them by its renewals.
            if (await Task.WhenAny(link.Something, Task.Delay(
                agentOfflineAfter / 3, time, enough.Token)) is { IsCompletedSuccessfully: true } first && first != link.Something)
                await hive.AskAsync(new RenewLeases([]) { By = by }, CancellationToken.None);
        }

        await enough.CancelAsync();
    }

    // The wait ends with that of the hub, and the answer does not mention it.
    private sealed class PollClient(string id, ApiCall call, string agent, DateTimeOffset since) : HubClient(id, "poll", call.Road, since)
    {
        public override string Agent => agent;

        public override void Abort() => call.Http.Abort();
    }
}
