using Waggle.Client;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>One attempt: a command from its start until no process of it is left.</summary>
/// <param name="folder">The folder for the task's files; null without one.</param>
/// <param name="unfit">Called if the worker's own program is missing, before the task is handed back.</param>
internal sealed class CommandRun(TaskWork work, ExecOptions options, ICommandOutput output, OrphanGuard guard, WorkerFolder? folder, Func<string, Task> unfit)
{
    // The time in which background processes may finish writing after the command has ended.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private QuestionFiles? _questions;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="cancel">Cancelled when the hub cancels the task, or its lease ends: the command stops.</param>
    /// <param name="leave">Cancelled when the worker must end: the command stops, and the task returns to the queue.</param>
    /// <param name="insist">Cancelled to kill the command at once.</param>
    public async Task<RawJson> RunAsync(CancellationToken cancel, CancellationToken leave, CancellationToken insist)
    {
        using var files = folder is null ? null : new TaskFiles(folder, work);
        _questions = files is null ? null : new QuestionFiles(files);
        var document = TaskDocument.Json(work);
        var mcp = options.Mcp ? await McpFile.CreateAsync(work, files, cancel) : null;
        await using var child = Start(files, document, mcp);
        using var broken = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, leave, broken.Token);
        if (!child.IsFed) _ = FeedAsync(child.Input, document);
        var reading = Task.WhenAll(ReadAsync(child.Output, output.TakeOutput, broken), ReadAsync(child.Error, output.TakeError, broken));
        var stopped = !await EndedWithinAsync(child.Exited, Timeout.InfiniteTimeSpan, stop.Token);
        if (stopped) child.Terminate();
        await EndedWithinAsync(Task.WhenAll(child.Exited, reading), stopped ? options.KillAfter : Linger, insist);
        child.Kill();
        var status = await child.CollectAsync();
        guard.Forget(child);
        _ended.TrySetResult();

        // A command killed while it was to stop has not failed, whichever of the two was seen first.
        stopped |= status.Signal is not null && stop.IsCancellationRequested;
        if (!stopped) stopped = !await EndedWithinAsync(reading, Timeout.InfiniteTimeSpan, stop.Token);
        if (!stopped)
        {
            await reading;
            return await OutcomeAsync(status);
        }

        cancel.ThrowIfCancellationRequested();
        if (broken.IsCancellationRequested && !leave.IsCancellationRequested) await reading;
        throw new TaskRefusedException("The worker is stopping.");
    }

    // A reader that stopped leaves the command blocked in its next write, while the lease is renewed. So the attempt ends.
    private async Task ReadAsync(Stream stream, Func<Line, ValueTask> sink, CancellationTokenSource broken)
    {
        try
        {
            await new Lines(stream, _ended.Task).ReadAsync(sink);
        }
        catch (Exception e)
        {
            await broken.CancelAsync();
            throw new TaskFailedException("OUTPUT_FAULT", $"The worker could not process the command's output: {e.Message}", inner: e);
        }
    }

    private ChildProcess Start(TaskFiles? files, byte[] document, McpFile? mcp)
    {
        try
        {
            var variables = TaskEnvironment.Create(work, options, files, _questions);
            mcp?.Put(variables);
            return guard.Run(options.Command, variables, document);
        }
        catch (IOException e)
        {
            throw new TaskFailedException("SPAWN_FAILED", e.Message, inner: e);
        }
    }

    /// <summary>Writes a command's standard input and closes it. A command need not read it.</summary>
    public static async Task FeedAsync(Stream input, byte[] document)
    {
        try
        {
            await input.WriteAsync(document);
            await input.DisposeAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // A command need not read its input.
        }
    }

    private async Task<RawJson> OutcomeAsync(ExitStatus status)
    {
        if (status is { Code: 0, Signal: null })
        {
            _questions?.ThrowQuestion();
            return output.Result();
        }

        var complaint = await output.ComplaintAsync();
        if (CommandFailure.IsMissingProgram(status) && MissingProgram.Of(options.Command) is { } program)
        {
            await unfit(program);
            throw new TaskRefusedException($"The worker's program '{program}' is missing or not executable.");
        }

        throw CommandFailure.From(status, complaint);
    }

    private static async Task<bool> EndedWithinAsync(Task task, TimeSpan time, CancellationToken cancel)
    {
        await task.WaitAsync(time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
