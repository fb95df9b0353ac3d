using System.IO.Pipelines;
using Waggle.Server.Endpoints;
using Waggle.TestKit;

namespace Waggle.Server.Tests.Endpoints;

public sealed class PooledPipesTests
{
    private static readonly PipeOptions Inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1);

    [Fact]
    public async Task Who_waits_to_read_is_woken_on_the_pool_and_not_where_the_socket_is_read()
    {
        var (socket, toSocket) = (new Pipe(Inline), new Pipe(Inline));
        var pipes = new PooledPipes(new Duplex(socket.Reader, toSocket.Writer));
        var woken = WhereAsync(pipes.Input.ReadAsync());
        var from = await OnAThreadOfItsOwnAsync(() => socket.Writer.WriteAsync(new byte[1]).AsTask());
        var where = await Eventually.Get(woken);
        Assert.True(where.IsThreadPoolThread);
        Assert.NotEqual(from, where);
    }

    [Fact]
    public async Task Who_waits_to_write_is_woken_on_the_pool_and_not_where_the_socket_is_written()
    {
        var (socket, toSocket) = (new Pipe(Inline), new Pipe(Inline));
        var pipes = new PooledPipes(new Duplex(socket.Reader, toSocket.Writer));
        var woken = WhereAsync(pipes.Output.WriteAsync(new byte[8]));
        var read = await toSocket.Reader.ReadAsync();
        var from = await OnAThreadOfItsOwnAsync(() =>
        {
            toSocket.Reader.AdvanceTo(read.Buffer.End);
            return Task.CompletedTask;
        });
        var where = await Eventually.Get(woken);
        Assert.True(where.IsThreadPoolThread);
        Assert.NotEqual(from, where);
    }

    [Fact]
    public async Task What_is_there_is_read_and_written_without_a_wait()
    {
        var (socket, toSocket) = (new Pipe(), new Pipe());
        var pipes = new PooledPipes(new Duplex(socket.Reader, toSocket.Writer));
        await socket.Writer.WriteAsync("in"u8.ToArray());
        var read = pipes.Input.ReadAsync().AsTask();
        Assert.True(read.IsCompletedSuccessfully);
        pipes.Input.AdvanceTo((await read).Buffer.End);
        Assert.True(pipes.Output.WriteAsync("out"u8.ToArray()).AsTask().IsCompletedSuccessfully);
        Assert.Equal(3, (await toSocket.Reader.ReadAsync()).Buffer.Length);
    }

    private static async Task<Thread> WhereAsync<T>(ValueTask<T> pending)
    {
        await pending;
        return Thread.CurrentThread;
    }

    private static async Task<Thread> OnAThreadOfItsOwnAsync(Func<Task> action)
    {
        var done = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            _ = action();
            done.SetResult(Thread.CurrentThread);
        }).Start();
        return await Eventually.Get(done.Task);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
