using Waggle.Client;
using Waggle.Exec;
using Waggle.Protocol.Messages;
using Waggle.Runners;
using Waggle.Server;
using Waggle.Server.Auth;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The runner of <c>waggle serve --runner FILE</c>: in the hub's process, and a client like any other.</summary>
internal sealed class ServedRunner : IAsyncDisposable
{
    private const string Subject = "runner";

    // The SDK asks for a fresh token before this one expires.
    private static readonly TimeSpan RunnerToken = TimeSpan.FromHours(1);

    // The processes do not renew theirs.
    private static readonly TimeSpan WorkerToken = TimeSpan.FromDays(30);

    private readonly WorkerJournal _journal;
    private readonly OrphanGuard _guard;
    private readonly AgentRunner _runner;

    private ServedRunner(WorkerJournal journal, OrphanGuard guard, AgentRunner runner) => (_journal, _guard, _runner) = (journal, guard, runner);

    /// <summary>A task that fails with the reason for which the runner cannot go on.</summary>
    public Task Failed => _runner.Failed;

    public static async Task<ServedRunner> StartAsync(RunnerFile file, WaggleServer server, WaggleServerOptions hub, CancellationToken cancel)
    {
        var mint = hub.Auth.Tokens ? new TokenMint(hub.DataFolder, create: true) : null;
        var journal = new WorkerJournal(happened => Printer.Note($"runner: {happened.Event} {happened.Message}"));
        var guard = OrphanGuard.Start(null);
        var url = new Uri(server.Url.GetLeftPart(UriPartial.Authority));
        var runner = new AgentRunner(file, url, request => mint is null ? null : WorkerTokenOf(mint, request), guard, journal);
        var served = new ServedRunner(journal, guard, runner);
        try
        {
            await runner.StartAsync(
                new WaggleClientOptions
                {
                    Url = url,
                    ClientName = HubCall.ClientName,
                    TokenProvider = mint is null ? null : _ => new(Token(mint, new(Subject) { Roles = ["runner"], ExpiresIn = RunnerToken })),
                },
                cancel);
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync(CancellationToken insist) => _runner.StopAsync(insist);

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _guard.DisposeAsync();
        await _journal.DisposeAsync();
    }

    private static string WorkerTokenOf(TokenMint mint, RunnerStart request) =>
        Token(mint, new(request.Agent) { Roles = ["worker"], Agent = request.Agent, Swarms = [request.Swarm], ExpiresIn = WorkerToken });

    private static string Token(TokenMint mint, TokenRequest request) => mint.Create(request, TimeProvider.System.GetUtcNow());
}
