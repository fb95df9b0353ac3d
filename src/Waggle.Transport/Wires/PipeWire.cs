using System.IO.Pipelines;

namespace Waggle.Transport.Wires;

/// <summary>A wire over a pair of pipes: TLS on Kestrel, an HTTP response, and any other connection without a socket of its own.</summary>
/// <param name="end">Ends the connection beneath, once the pipes are complete.</param>
/// <param name="abort">Ends the connection at once.</param>
public sealed class PipeWire(PipeReader input, PipeWriter output, string remoteAddress, Func<ValueTask> end, Action abort) : Wire
{
    private Task? _flush;
    private volatile bool _gone;

    public override string RemoteAddress => remoteAddress;

    public override PipeReader Input => input;

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        if (_gone) throw Gone();
        if (_flush is { IsCompleted: false }) return 0;
        try
        {
            bytes.CopyTo(output.GetSpan(bytes.Length));
            output.Advance(bytes.Length);
            _flush = null;
            var flush = output.FlushAsync();

            // The result is examined once only: the flush may end at this moment, and a waiting caller has then consumed it.
            if (!flush.IsCompletedSuccessfully) _flush = FlushAsync(flush);
            else if (IsEnd(flush.Result)) throw Gone();
        }
        catch (Exception e) when (e is not IOException)
        {
            throw Gone(e);
        }

        return bytes.Length;
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_flush is not null) await _flush;
            if (_gone || IsEnd(await output.WriteAsync(bytes))) throw Gone();
        }
        catch (Exception e) when (e is not IOException)
        {
            throw Gone(e);
        }
    }

    public override void Abort()
    {
        try
        {
            abort();
        }
        catch (ObjectDisposedException)
        {
            // The request beneath is over, which is the desired state.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            if (_flush is not null) await _flush;
            await input.CompleteAsync();
            await output.CompleteAsync();
            await end();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The connection was gone already, which is the desired state.
            Abort();
        }
    }

    private async Task FlushAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            _gone = IsEnd(await flush);
        }
        catch (Exception)
        {
            // The next send reports the failure, because no caller waits now.
            _gone = true;
        }
    }

    private static bool IsEnd(FlushResult result) => result.IsCompleted || result.IsCanceled;

    private static IOException Gone(Exception? why = null) => new("The connection is gone.", why);
}
