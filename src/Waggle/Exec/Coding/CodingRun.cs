using System.Text.Json;
using Waggle.Agents;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Exec.Coding;

/// <summary>One attempt at a task by a coding agent: its session, its process, and what its end means for the task.</summary>
/// <param name="unfit">Called if the agent's program is missing, before the task is handed back.</param>
internal sealed class CodingRun(
    TaskWork work, ExecOptions options, CodingOptions coding, OrphanGuard guard, RateLimitPause pause, Func<string, Task> unfit, TimeProvider time)
{
    // The least pause after a refusal of the provider that does not say how long it lasts. The agent itself has waited and tried again before.
    private static readonly TimeSpan StandardPause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private AgentTranscript _transcript = null!;
    private CodingSession? _session;
    private string _folder = coding.Folder;

    /// <param name="cancel">Cancelled when the hub cancels the task, or its lease ends: the agent stops.</param>
    /// <param name="leave">Cancelled when the worker must end: the agent stops, and the task returns to the queue.</param>
    /// <param name="insist">Cancelled to kill the agent at once.</param>
    public async Task<RawJson> RunAsync(CancellationToken cancel, CancellationToken leave, CancellationToken insist)
    {
        if (!coding.UsesWorktree) return Result(await CompleteAsync(coding.Folder, cancel, leave, insist), null);
        var tree = await Worktree.OpenAsync(coding.Folder, work.Id);
        AgentOutcome outcome;
        try
        {
            outcome = await CompleteAsync(tree.Folder, cancel, leave, insist);
        }
        catch
        {
            var left = await CloseAsync(tree, keepCommits: true);
            if (left is { Path: { } path, IsDirty: { } dirty })
                await work.LogAsync($"The worktree {path} stays: {(dirty ? "it has changes" : $"its last commit is {left.Commit}")}.");
            throw;
        }

        return Result(outcome, await CloseAsync(tree, keepCommits: false));
    }

    // What the agent did counts, and not whether git could clean up after it.
    private async Task<WorktreeReport> CloseAsync(Worktree tree, bool keepCommits)
    {
        try
        {
            return await tree.CloseAsync(keepCommits);
        }
        catch (TaskFailedException e)
        {
            await work.LogAsync($"The worktree {tree.Path} stays, because it could not be cleaned up: {e.Message}", AgentLogLevel.Warn);
            return new WorktreeReport(tree.Path, tree.Branch, Commit: null, IsDirty: null, DiffStat: "");
        }
    }

    private async Task<AgentOutcome> CompleteAsync(string folder, CancellationToken cancel, CancellationToken leave, CancellationToken insist)
    {
        var session = CodingSession.Read(work.Checkpoint, coding.Agent.Name, folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, leave);
        while (true)
        {
            var (status, complaint) = await RunAsync(folder, session, stop.Token, insist);
            if (status is not { } ended)
            {
                cancel.ThrowIfCancellationRequested();
                throw new TaskRefusedException("The worker is stopping.");
            }

            var outcome = _transcript.Outcome(ended.Code, ended.Signal, complaint, coding.AllowDenials);
            if (outcome.Code is null) return outcome;
            if (session is not null && coding.Agent.HasLostSession($"{outcome.Message}\n{complaint}"))
            {
                await work.LogAsync($"The session {session.Id} is not on this machine any more. The agent begins anew.", AgentLogLevel.Warn);
                session = null;
                continue;
            }

            await ThrowAsync(outcome, ended);
        }
    }

    // The agents take a UUID alone.
#pragma warning disable RS0030
    private static string NewSession() => Guid.NewGuid().ToString();
#pragma warning restore RS0030

    private async Task<(ExitStatus? Status, string? Complaint)> RunAsync(
        string folder, CodingSession? session, CancellationToken stop, CancellationToken insist)
    {
        var start = new AgentStart
        {
            Prompt = CodingPrompt.Of(work, session is not null),
            Folder = folder,
            Rights = coding.Rights,
            Asks = coding.Asks,
            Model = coding.Model,
            Session = session?.Id ?? (coding.Agent.TakesSession ? NewSession() : null),
            Resumes = session is not null,
        };
        _transcript = new AgentTranscript(start, session?.Used);
        (_session, _folder) = (session, folder);
        // An agent that dies in its first second leaves a session that the next attempt finds.
        if (start.Session is { } id && session is null) await KeepAsync(id, stop);
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var approvals = new CodingApprovals(work, coding.ApprovalTimeout);
        var answering = new List<Task>();
        var watch = new StallWatch(coding.StallTimeout, time);
        using var process = new CodingProcess(options, coding, guard, watch, (fact, process) => fact is ApprovalFact approval
            ? Answer(approval, process, approvals, answering, running.Token)
            : TakeAsync(fact, process, watch, stop));
        var environment = CodingEnvironment.Create(work, coding, coding.Agent.Settings(start));
        try
        {
            var status = await process.RunAsync(start, environment, line => work.LogAsync(line), () => approvals.IsOpen, stop, insist);
            if (!process.IsStalled) return (status, process.Complaint);
            throw new TaskFailedException("STALLED", $"The agent wrote nothing for {Durations.Text(coding.StallTimeout)} and was stopped.");
        }
        finally
        {
            await running.CancelAsync();
            await Task.WhenAll(answering);
        }
    }

    private async ValueTask TakeAsync(AgentFact fact, CodingProcess process, StallWatch watch, CancellationToken stop)
    {
        lock (_gate) _transcript.Take(fact);
        switch (fact)
        {
            case SessionFact session when session.Session != _session?.Id:
                await KeepAsync(session.Session, stop);
                break;
            case LogFact { Level: { } level } log:
                await work.LogAsync(log.Text, level);
                break;
            case LogFact log:
                await work.LogAsync(log.Text);
                break;
            case DenialFact denial:
                await work.LogAsync($"Denied: {denial.Tool}. {denial.Reason}", AgentLogLevel.Warn);
                break;
            case UsageFact:
                await ReportUsageAsync(stop);
                break;
            case RateLimitFact limit:
                await work.LogAsync($"Rate limit: {limit.Reason}", AgentLogLevel.Warn);
                if (limit.After is { } wait) watch.Excuse(wait);
                if (UntilOf(_transcript.Limit!) is { } until) pause.Until(until);
                break;
            case ReplyFact reply:
                await process.WriteAsync(reply.Line);
                break;
            case EndFact:
                await process.ConcludeAsync();
                break;
        }
    }

    // The lines of the agent are read on while a person decides.
    private ValueTask Answer(ApprovalFact approval, CodingProcess process, CodingApprovals approvals, List<Task> answering, CancellationToken running)
    {
        answering.Add(AnswerAsync(approval, process, approvals, running));
        return default;
    }

    private async Task AnswerAsync(ApprovalFact approval, CodingProcess process, CodingApprovals approvals, CancellationToken running)
    {
        await Task.Yield();
        try
        {
            var allowed = coding.Asks && await approvals.AskAsync(approval, running);
            await work.LogAsync($"{(allowed ? "Allowed" : "Denied")}: {approval.Question}", allowed ? AgentLogLevel.Info : AgentLogLevel.Warn);
            if (!allowed)
            {
                lock (_gate) _transcript.Take(approval.Denial);
            }

            await process.WriteAsync(allowed ? approval.Allow : approval.Deny);
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            // The agent has ended.
        }
    }

    private async Task KeepAsync(string id, CancellationToken stop)
    {
        _session = CodingSession.New(coding.Agent.Name, id, _folder, _transcript.SessionUsage);
        try
        {
            await work.CheckpointAsync(_session.ToJson(), stop);
        }
        catch (WaggleException e)
        {
            await work.LogAsync($"The session {id} could not be stored, so another attempt begins anew: {e.Message}", AgentLogLevel.Warn);
        }
    }

    private async Task ReportUsageAsync(CancellationToken stop)
    {
        foreach (var usage in _transcript.Used()) await work.ReportUsageAsync(usage);
        if (_session is { } session && !_transcript.SessionUsage.SequenceEqual(session.Used)) await KeepAsync(session.Id, stop);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan? other) => other > one ? other.Value : one;

    private DateTimeOffset? UntilOf(RateLimitFact limit)
    {
        var now = time.GetUtcNow();
        return limit.UntilFrom(now, time.LocalTimeZone) ?? (limit.After is { } after ? now + after : null);
    }

    private RawJson Result(AgentOutcome outcome, WorktreeReport? worktree)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, outcome.Text);
            writer.WriteString("agent"u8, coding.Agent.Name);
            writer.WriteString("session"u8, _transcript.Session);
            if (_transcript.Denials.Count > 0)
            {
                writer.WriteStartArray("denials"u8);
                foreach (var denial in _transcript.Denials) writer.WriteStringValue(denial.Tool);
                writer.WriteEndArray();
            }

            worktree?.WriteTo(writer);
            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(text.ToArray());
    }

    private async Task ThrowAsync(AgentOutcome outcome, ExitStatus status)
    {
        if (outcome.Code == AgentCodes.RateLimited)
        {
            var now = time.GetUtcNow();
            var until = _transcript.Limit?.UntilFrom(now, time.LocalTimeZone) ?? now + Longer(StandardPause, _transcript.Limit?.After);
            pause.Until(until);
            throw new TaskFailedException(outcome.Code, outcome.Message!, retryable: true, retryAfter: until - now);
        }

        var program = coding.Agent.Command(new AgentStart { Prompt = "", Folder = coding.Folder })[0];
        if (CommandFailure.IsMissingProgram(status) && !MissingProgram.Has(program))
        {
            await unfit(program);
            throw new TaskRefusedException($"The worker's program '{program}' is missing or not executable.");
        }

        throw new TaskFailedException(outcome.Code!, outcome.Message!, outcome.Retryable);
    }
}
