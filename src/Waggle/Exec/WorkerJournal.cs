using System.Globalization;
using System.Threading.Channels;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>
/// Prints the events of the worker. They come from the SDK's loops, which a slow terminal must not block, so another loop prints them. The queue is bounded: at
/// more than <see cref="Most"/> waiting events it drops the oldest and prints the number of dropped ones.
/// </summary>
internal sealed class WorkerJournal : IAsyncDisposable
{
    public const int Most = 10_000;

    private readonly Channel<WorkerEvent> _events;
    private readonly Action<WorkerEvent> _print;
    private long _dropped;
    private readonly Task _printing;

    public WorkerJournal(Action<WorkerEvent> print)
    {
        _print = print;
        var options = new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _events = Channel.CreateBounded<WorkerEvent>(options, _ => Interlocked.Increment(ref _dropped));
        _printing = Task.Run(PrintAsync);
    }

    public static WorkerJournal To(Printer print) => new(happened =>
    {
        if (print.IsJson) Printer.Json(happened, ExecJson.Default.WorkerEvent);
        else Printer.Line(Text(happened));
    });

    public void Say(WorkerEvent happened) => _events.Writer.TryWrite(happened with { At = TimeProvider.System.GetUtcNow() });

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _printing;
    }

    private async Task PrintAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync())
        {
            try
            {
                // The dropped events were older than this one.
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                    _print(new WorkerEvent("dropped", $"{dropped} events were not printed: the reader was too slow") { At = happened.At });
                _print(happened);
            }
            catch (OutputClosedException)
            {
                // The reader has closed the output. The worker continues.
            }
        }
    }

    private static string Text(WorkerEvent e)
    {
        var parts = new[]
        {
            e.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
            e.Event.Replace('_', ' '),
            e.MessageId,
            e.Task,
            e.Attempt is { } attempt ? $"attempt {attempt}" : null,
            e.Title is { } title ? $"\"{title}\"" : null,
            e.DurationMs is { } ms ? $"in {Durations.Text(TimeSpan.FromMilliseconds(ms))}" : null,
            e.Code is { } code && e.Message is not null ? $"{code}:" : e.Code,
            e.Message is { } message ? PlainText.Clip(message, 300) : null,
        };
        return string.Join(' ', parts.Where(p => p is not null));
    }
}
