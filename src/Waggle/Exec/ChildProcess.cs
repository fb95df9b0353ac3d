namespace Waggle.Exec;

/// <summary>How a process ended: by a code of its own, or by a signal.</summary>
internal readonly record struct ExitStatus(int Code, int? Signal = null);

/// <summary>
/// A command in a process group of its own, so that all of it can be told to stop at once. The order: wait for <see cref="Exited"/>, <see cref="Kill"/>
/// what is left of the group, <see cref="CollectAsync"/>.
/// </summary>
internal abstract class ChildProcess : IAsyncDisposable
{
    /// <summary>Of the process and of its group.</summary>
    public abstract int Id { get; }

    public abstract Stream Input { get; }

    /// <summary>It has its whole input, and <see cref="Input"/> is closed.</summary>
    public virtual bool IsFed { get; init; }

    public abstract Stream Output { get; }

    public abstract Stream Error { get; }

    /// <summary>Done when the command itself has ended; others of its group may live on.</summary>
    public abstract Task Exited { get; }

    /// <summary>Asks the group to end.</summary>
    public abstract void Terminate();

    /// <summary>Ends the group.</summary>
    public abstract void Kill();

    /// <summary>Waits for the end and takes note of it; the id is nobody's after that.</summary>
    public abstract ValueTask<ExitStatus> CollectAsync();

    public async ValueTask DisposeAsync()
    {
        await Input.DisposeAsync();
        await Output.DisposeAsync();
        await Error.DisposeAsync();
    }
}
