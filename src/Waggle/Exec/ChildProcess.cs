namespace Waggle.Exec;

/// <summary>The end of a process: its own exit code, or a signal.</summary>
internal readonly record struct ExitStatus(int Code, int? Signal = null);

/// <summary>
/// A command in its own process group, so that one signal stops all of it. The order of calls is: await <see cref="Exited"/>, <see cref="Kill"/> the rest of
/// the group, <see cref="CollectAsync"/>.
/// </summary>
internal abstract class ChildProcess : IAsyncDisposable
{
    /// <summary>The id of the process and of its group.</summary>
    public abstract int Id { get; }

    public abstract Stream Input { get; }

    /// <summary>Whether the process has its whole input, and <see cref="Input"/> is closed.</summary>
    public virtual bool IsFed { get; init; }

    public abstract Stream Output { get; }

    public abstract Stream Error { get; }

    /// <summary>Completes when the command itself has ended; other processes of its group may still run.</summary>
    public abstract Task Exited { get; }

    /// <summary>Requests the group to stop its present work, as Ctrl-C does.</summary>
    public abstract void Interrupt();

    /// <summary>Requests the group to end.</summary>
    public abstract void Terminate();

    /// <summary>Ends the group.</summary>
    public abstract void Kill();

    /// <summary>Waits for the end and collects the process. The system may reuse the id after that.</summary>
    public abstract ValueTask<ExitStatus> CollectAsync();

    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        await Error.DisposeAsync();
    }
}
