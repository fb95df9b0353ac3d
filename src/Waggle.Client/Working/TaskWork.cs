using System.Diagnostics.CodeAnalysis;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>One assignment, as its handler sees it. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The token source has no timer and no wait handle: there is nothing to dispose, and a late Cancel "
    + "must not throw.")]
public sealed class TaskWork : IThreadPoolWorkItem
{
    private readonly TaskRunner _runner;
    private Assign _assign;
    private readonly CancellationTokenSource _cancel = new();
    private Reports? _reports;
    private long _renewedAt;
    private TaskQuestions? _questions;
    private int _cause;
    private int _ended;
    private TaskCompletionSource? _whenEnded;

    internal TaskWork(TaskRunner runner, Assign assign, long now)
    {
        _runner = runner;
        _assign = assign;
        _renewedAt = now;
        Lease = new LeaseRef(assign.Task, assign.Attempt, assign.Token);
    }

    /// <summary>The task's id.</summary>
    public string Id => _assign.Task;

    /// <summary>The number of the attempt, from 1.</summary>
    public int Attempt => _assign.Attempt;

    /// <summary>
    /// The fencing token, which only grows. Pass it with the handler's writes to other systems, so that they can distinguish a later attempt from this one.
    /// </summary>
    public long Token => _assign.Token;

    /// <summary>The swarm that the task belongs to.</summary>
    public string Swarm => _assign.Swarm;

    /// <summary>The task's specification by its creator.</summary>
    public TaskSpec Spec => _assign.Spec;

    /// <summary>The task's input; JSON null for a task without one.</summary>
    public RawJson Input => _assign.Spec.Input;

    /// <summary>The dependencies of the task, with their final states and results, in the order of <see cref="TaskSpec.DependsOn"/>; at most 1,000.</summary>
    public IReadOnlyList<Dependency> Dependencies => _assign.Dependencies ?? [];

    /// <summary>The answers to the questions of earlier attempts, one for each key, the newest last; at most 100.</summary>
    public IReadOnlyList<QuestionAnswer> Answers => _assign.Answers ?? [];

    /// <summary>The checkpoint that the last attempt kept; JSON null for a task without one.</summary>
    public RawJson Checkpoint => _assign.Checkpoint;

    /// <summary>
    /// The parts of the input that the worker did not read, in the task of a workflow's step: results that are no JSON, and what would make the input larger
    /// than 16 MiB. They are null in <see cref="Input"/>, and each names where it is.
    /// </summary>
    public IReadOnlyList<InputRef> InputRefs => _assign.InputRefs ?? [];

    /// <summary>The reason why the handler's token was cancelled.</summary>
    public CancelCause CancelCause => (CancelCause)Volatile.Read(ref _cause);

    /// <summary>The text of the cancellation.</summary>
    public string? CancelReason { get; private set; }

    /// <summary>
    /// The resources that the attempt used with one model, sent with or before its last message, however it ends. Set it before the handler ends; for several
    /// models, or while the handler runs, call <see cref="ReportUsageAsync"/>.
    /// </summary>
    public Usage? Usage { get; set; }

    internal LeaseRef Lease { get; }

    internal int LeaseMs => _assign.LeaseMs;

    /// <summary>Sets the whole input, before the handler begins.</summary>
    internal void Fill(TaskInput whole) => _assign = _assign with { Spec = _assign.Spec with { Input = whole.Input }, InputRefs = whole.InputRefs };

    /// <summary>The handler's token.</summary>
    internal CancellationToken Cancelled => _cancel.Token;

    /// <summary>The last time when the hub acknowledged this lease, as a timestamp of the worker's clock.</summary>
    internal long RenewedAt => Volatile.Read(ref _renewedAt);

    /// <summary>Whether the last message is created, so that the handler's outcome is on its way.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>
    /// Reports the progress of the work. Only the newest report counts: at most ten a second are sent, and the last one before the end always is.
    /// </summary>
    /// <param name="progress">The progress, from 0 to 1.</param>
    /// <param name="message">A description of the current step. A text of more than 10,000 UTF-16 units is cut and ends with an ellipsis.</param>
    /// <returns>A completed task as a rule; otherwise one that waits for room while the hub is slow or away.</returns>
    public ValueTask ReportProgressAsync(double progress, string? message = null)
    {
        if (!(progress is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(progress), progress, "Progress is 0..1.");
        return HasEnded ? default : ReportsOf().Progress(progress, message);
    }

    /// <summary>
    /// Returns the MCP endpoint that is limited to the sub-tasks of this task, for a program to which the handler gives the work. The hub makes a new token at
    /// each call.
    /// </summary>
    /// <exception cref="WaggleException">The hub refused it, for example <c>STALE_LEASE</c>.</exception>
    public async Task<McpAccess> GetMcpAccessAsync(CancellationToken cancel = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, Cancelled);
        return await _runner.GrantAsync(this, stop.Token);
    }

    /// <summary>
    /// Reports what the attempt used so far with one model. The numbers are cumulative: each report contains those before it, and null leaves a number as it
    /// was. Of each model only the newest report counts: at most one a second is sent, and the last one before the end always is.
    /// </summary>
    /// <returns>A completed task as a rule; otherwise one that waits for room while the hub is slow or away.</returns>
    public ValueTask ReportUsageAsync(Usage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return HasEnded ? default : ReportsOf().Use(usage);
    }

    /// <summary>
    /// Adds a line to the task's log. A line of more than 10,000 UTF-16 units is sent as several. Lines are collected for up to 100 ms and sent in order. After
    /// a lost connection some may be sent twice; none is lost.
    /// </summary>
    /// <returns>A completed task as a rule; otherwise one that waits for room while the hub is slow or away.</returns>
    public ValueTask LogAsync(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return HasEnded ? default : ReportsOf().Log(line, null);
    }

    /// <summary>Adds a line of this importance to the task's log, as <see cref="LogAsync(string)"/> does.</summary>
    /// <inheritdoc cref="LogAsync(string)"/>
    public ValueTask LogAsync(string line, AgentLogLevel level)
    {
        ArgumentNullException.ThrowIfNull(line);
        return HasEnded ? default : ReportsOf().Log(line, level);
    }

    /// <summary>Keeps JSON that the next attempt of the task receives as <see cref="Checkpoint"/>. It completes when the hub has stored it.</summary>
    /// <param name="checkpoint">Any JSON of up to 32 KiB. It replaces the one before.</param>
    /// <exception cref="WaggleException">The hub refused (<c>TOO_LARGE</c>, <c>STALE_LEASE</c>).</exception>
    public Task CheckpointAsync(RawJson checkpoint, CancellationToken cancel = default) => _runner.KeepAsync(this, checkpoint, cancel);

    /// <summary>
    /// Asks a question about the task. An answer to the same question, of this attempt or an earlier one, returns at once. Otherwise a question with
    /// <see cref="QuestionSpec.Hold"/> waits for the answer here. A question without it ends the attempt by <see cref="InputRequiredException"/>, which the
    /// handler does not catch; the handler runs again with the answer.
    /// </summary>
    /// <param name="question">The question. Without a key, its content names it.</param>
    /// <param name="checkpoint">The JSON that the next attempt receives; JSON null keeps the task's checkpoint as it is.</param>
    /// <param name="cancel">The handler's token.</param>
    /// <exception cref="InputRequiredException">There is no answer yet, and the question does not hold the lease.</exception>
    /// <exception cref="WaggleException">The hub refused (<c>INVALID_REQUEST</c>, <c>QUOTA_EXCEEDED</c>, <c>STALE_LEASE</c>).</exception>
    /// <example>
    /// <code>
    /// var answer = await work.AskAsync(new QuestionSpec { Text = "Which branch?", Choices = ["main", "next"] }, cancel: cancel);
    /// Console.WriteLine(answer.Answer);
    /// </code>
    /// </example>
    public async Task<QuestionAnswer> AskAsync(QuestionSpec question, RawJson checkpoint = default, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        var keyed = TaskQuestions.Keyed(question);
        if (Answers.LastOrDefault(a => a.Key == keyed.Key) is { } known) return known;
        if (!question.Hold) throw new InputRequiredException(keyed, checkpoint);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, Cancelled);
        return await QuestionsOf().AskAsync(keyed, checkpoint, stop.Token);
    }

    /// <summary>
    /// Asks whether the handler may go on, as <see cref="AskAsync"/> does with the choices <c>yes</c> and <c>no</c>. One text is one approval: the same text
    /// again returns the first answer and asks nobody. A handler that needs another approval asks with another text, for example with the number of the step.
    /// </summary>
    /// <param name="text">What is to be approved.</param>
    /// <param name="hold">Whether the handler keeps its slot and waits.</param>
    /// <param name="cancel">The handler's token.</param>
    public async Task<bool> ApproveAsync(string text, bool hold = false, CancellationToken cancel = default)
    {
        var answer = await AskAsync(new QuestionSpec { Text = text, Choices = ["yes", "no"], Hold = hold }, cancel: cancel);
        return answer.Answer.ToElement().GetString() == "yes";
    }

    /// <summary>Runs the handler. The thread pool queues this object itself, which saves one allocation for each task.</summary>
    void IThreadPoolWorkItem.Execute() => _ = _runner.RunAsync(this);

    /// <param name="usage">The usage that the last message does not carry; null for none.</param>
    internal ValueTask CloseReportsAsync(Usage? usage) => usage is not null ? ReportsOf().Close(usage) : Volatile.Read(ref _reports)?.Close() ?? default;

    internal void Answered(QuestionAnswer answer) => QuestionsOf().Answered(answer);

    internal void Renewed(long sentAt)
    {
        if (sentAt > RenewedAt) Volatile.Write(ref _renewedAt, sentAt);
    }

    /// <summary>Cancels the handler. The first cause stays, except that Stopped overrides it, because no later message of the worker then counts.</summary>
    internal void Cancel(CancelCause cause, string? reason)
    {
        var first = Interlocked.CompareExchange(ref _cause, (int)cause, (int)CancelCause.None) == (int)CancelCause.None;
        if (!first && cause != CancelCause.Stopped) return;
        if (!first) Volatile.Write(ref _cause, (int)cause);
        CancelReason = reason;
        // CancelAsync keeps callbacks that a handler registered on its token off the reading loop.
        if (!HasEnded) _ = _cancel.CancelAsync();
    }

    /// <summary>Claims the right to create the assignment's last message. Only the first call returns true.</summary>
    internal bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0) return false;
        Volatile.Read(ref _whenEnded)?.TrySetResult();
        return true;
    }

    /// <summary>
    /// Returns a task that completes when the handler has ended. Only a stop of the worker calls it, so that an assignment pays nothing for it.
    /// </summary>
    internal Task WhenEnded()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ended = Interlocked.CompareExchange(ref _whenEnded, ended, null) ?? ended;
        if (HasEnded) ended.TrySetResult();
        return ended.Task;
    }

    private TaskQuestions QuestionsOf() =>
        Volatile.Read(ref _questions) ?? Interlocked.CompareExchange(ref _questions, _runner.QuestionsFor(this), null) ?? _questions!;

    // Most tasks report nothing and pay nothing for it.
    private Reports ReportsOf() =>
        Volatile.Read(ref _reports) ?? Interlocked.CompareExchange(ref _reports, _runner.ReportsFor(this), null) ?? _reports!;
}
