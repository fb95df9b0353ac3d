using Microsoft.AspNetCore.Http;
using Waggle.Transport;

namespace Waggle.Server.Api;

/// <summary>The body of a response as a wire of one direction. Its end is the end of the response.</summary>
internal sealed class EventStreamWire(HttpContext context, string remote) : Wire
{
    private readonly CancellationToken _gone = context.RequestAborted;

    public override string RemoteAddress => remote;

    public override ValueTask<WireMessage> ReceiveAsync(CancellationToken cancel) => throw new NotSupportedException("Nobody speaks on an event stream.");

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        try
        {
            var written = await context.Response.BodyWriter.WriteAsync(text, _gone);
            if (written.IsCompleted || written.IsCanceled || _gone.IsCancellationRequested) throw new IOException("The reader is gone.");
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException)
        {
            throw new IOException("The reader is gone.", e);
        }
    }

    public override ValueTask CloseAsync(int code, string reason, CancellationToken cancel) => ValueTask.CompletedTask;

    public override void Abort() => context.Abort();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
