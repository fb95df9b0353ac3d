using Waggle.Exec;
using Waggle.Protocol.Messages;

namespace Waggle.Runners;

/// <summary>What the processes of a runner share.</summary>
/// <param name="Report">Sends a report until the hub has answered it. Returns whether a starting process is to start; false when the runner ends.</param>
/// <param name="Token">Returns the token for the process of a request, if its template passes one.</param>
/// <param name="Insisted">Cancelled to kill the processes at once.</param>
internal sealed record ProcessHost(
    Uri Url, OrphanGuard Guard, WorkerJournal Journal, Func<RunnerReport, Task<bool>> Report, Func<RunnerStart, string?> Token, CancellationToken Insisted)
{
    public Task<bool> ReportAsync(RunnerReport report) => Report(report);

    public string? TokenOf(RunnerStart request) => Token(request);

    public void Say(string what, string text, string? agent = null) =>
        Journal.Say(new WorkerEvent(what, agent is null ? text : $"{agent}: {text}") { Agent = agent });
}
