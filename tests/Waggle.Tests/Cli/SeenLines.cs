namespace Waggle.Tests.Cli;

/// <summary>The lines of a stream as they arrive, for tests that wait for one.</summary>
/// <param name="more">Text that explains why a line is missing, for example from the standard error.</param>
internal sealed class SeenLines(Func<string>? more = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    public string Text => string.Join('\n', All);

    public async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) Add(line, ended: false);
        Add(null, ended: true);
    }

    /// <summary>Returns the first matching line, now or later.</summary>
    public async Task<string> WaitAsync(Func<string, bool> fits)
    {
        var seen = 0;
        while (true)
        {
            Task next;
            lock (_gate)
            {
                for (; seen < _lines.Count; seen++)
                {
                    if (fits(_lines[seen])) return _lines[seen];
                }

                if (_ended) throw new InvalidOperationException(Missing("until the end of"));
                next = _more.Task;
            }

            await next.WaitAsync(Patience).ContinueWith(t => t.IsFaulted ? throw new TimeoutException(Missing("in time among")) : 0, TaskScheduler.Default);
        }
    }

    public Task<string> WaitAsync(string part) => WaitAsync(line => line.Contains(part, StringComparison.Ordinal));

    private string Missing(string where) => $"No such line {where}:\n{Text}\n{more?.Invoke()}";

    private void Add(string? line, bool ended)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            if (line is not null) _lines.Add(line);
            _ended |= ended;
            (more, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.SetResult();
    }
}
