using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Runners;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The runner behind a session: what it sends, and its end with the connection.</summary>
internal sealed class RunnerSession(SessionHost host, Responder responder, IRunnerLink link)
{
    private const int StandardLimit = 100;

    private string? _runner;

    public async ValueTask PerformAsync(RunnerIntent intent, Principal by)
    {
        switch (intent.Message)
        {
            case SpawnList m:
                var query = new ListSpawns(m.Swarm, m.Runner, m.State, m.Cursor, m.Limit ?? StandardLimit) { By = by };
                responder.Answer(intent, await host.Hive.QueryAsync(query, CancellationToken.None));
                return;
            case RunnerAttach m when _runner is null || _runner == m.Runner:
                _runner = m.Runner;
                await SubmitAsync(intent, new AttachRunner(m, link) { By = by });
                return;
            case RunnerReport m when _runner is { } runner:
                await SubmitAsync(intent, new ReportProcess(runner, m, link) { By = by });
                return;
            case RunnerLeave when _runner is { } runner:
                await SubmitAsync(intent, new LeaveRunner(runner, link) { By = by });
                return;
            default:
                responder.Refuse(intent, new(ErrorCodes.InvalidState, _runner is { } other
                    ? $"This connection is that of runner '{other}'."
                    : "This connection is that of no runner: it sends runner.attach first."));
                return;
        }
    }

    /// <summary>Detaches the runner, because the connection ended.</summary>
    public async ValueTask EndAsync(Principal by)
    {
        if (_runner is not { } runner) return;
        await host.Hive.SubmitAsync(new DetachRunner(runner, link) { By = by }, NoSink.Instance, null, CancellationToken.None)
            .AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ValueTask SubmitAsync(RunnerIntent intent, Command command) => host.Hive.SubmitAsync(command, responder, intent, CancellationToken.None);
}
