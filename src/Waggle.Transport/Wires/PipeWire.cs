using System.IO.Pipelines;

namespace Waggle.Transport.Wires;

/// <summary>A pair of pipes: TLS on Kestrel, an HTTP response, and whatever else has no socket of its own.</summary>
/// <param name="end">Ends the connection beneath, once the pipes are complete.</param>
/// <param name="abort">Ends it at once.</param>
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

            // Looked at once: it may end at this moment, and who waits for it has then used it up.
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
            // The request beneath is over; that is what is wanted.
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
            // It was gone already; that is what is wanted here.
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
            // Whoever sends next is told; there is nobody to tell now.
            _gone = true;
        }
    }

    private static bool IsEnd(FlushResult result) => result.IsCompleted || result.IsCanceled;

    private static IOException Gone(Exception? why = null) => new("The connection is gone.", why);
}
