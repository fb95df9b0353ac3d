using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>
/// A process in its own session and group, started with posix_spawn. Process.Start cannot create a group, and not every system has a setsid program.
/// </summary>
internal sealed class UnixChild : ChildProcess
{
    // One page, the smallest capacity of a pipe.
    private const int PipeRoom = 4096;

    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _error = new(PipeDirection.In, HandleInheritability.None);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _pid;
    private bool _collected;

    private UnixChild()
    {
    }

    /// <summary>The worker's end of the process's standard input.</summary>
    public SafePipeHandle InputPipe => _input.SafePipeHandle;

    public override int Id => _pid;

    public override bool IsFed { get; init; }

    public override Stream Input => _input;

    public override Stream Output => _output;

    public override Stream Error => _error;

    public override Task Exited => _exited.Task;

    /// <param name="third">The descriptor 3 of the process.</param>
    /// <param name="input">
    /// The whole standard input, if a pipe takes it at once. It is written before the process exists, so a command that does not read it causes no failed
    /// write. If it is longer or empty, <see cref="Input"/> stays open.
    /// </param>
    /// <exception cref="IOException">The process cannot be started.</exception>
    public static UnixChild Start(
        string[] arguments, IReadOnlyDictionary<string, string> environment, SafePipeHandle? third = null, ReadOnlyMemory<byte> input = default)
    {
        var child = new UnixChild { IsFed = input.Length is > 0 and <= PipeRoom };
        try
        {
            if (child.IsFed) child._input.Write(input.Span);
            var pipes = new List<SafePipeHandle> { child._input.ClientSafePipeHandle, child._output.ClientSafePipeHandle, child._error.ClientSafePipeHandle };
            if (third is not null) pipes.Add(third);
            child._pid = OwnChildren.Start(() => Spawner.Start(arguments, environment, [.. pipes.Select(p => (int)p.DangerousGetHandle())]));
        }
        catch
        {
            child._input.Dispose();
            child._output.Dispose();
            child._error.Dispose();
            throw;
        }

        child._input.DisposeLocalCopyOfClientHandle();
        if (child.IsFed) child._input.Dispose();
        child._output.DisposeLocalCopyOfClientHandle();
        child._error.DisposeLocalCopyOfClientHandle();
        // Each process has a thread that only waits, so a small stack is enough.
        new Thread(child.Wait, 128 * 1024) { IsBackground = true, Name = $"wait for {child._pid}" }.Start();
        return child;
    }

    public override void Interrupt() => Signal(Libc.SigInt);

    public override void Terminate() => Signal(Libc.SigTerm);

    public override void Kill() => Signal(Libc.SigKill);

    public override async ValueTask<ExitStatus> CollectAsync()
    {
        await Exited;
        lock (_gate)
        {
            _collected = true;
            int status;
            while (Libc.waitpid(_pid, out status, 0) < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
            {
            }

            OwnChildren.Forget(_pid);
            var signal = status & 0x7f;
            return signal == 0 ? new ExitStatus((status >> 8) & 0xff) : new ExitStatus(128 + signal, signal);
        }
    }

    private void Signal(int signal)
    {
        lock (_gate)
        {
            if (!_collected) Libc.kill(-_pid, signal);
        }
    }

    private void Wait()
    {
        var info = Marshal.AllocHGlobal(Libc.OpaqueSize);
        while (Libc.waitid(Libc.ById, _pid, info, Libc.WaitExited | Libc.WaitNoReap) < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
        {
        }

        Marshal.FreeHGlobal(info);
        _exited.TrySetResult();
    }
}
