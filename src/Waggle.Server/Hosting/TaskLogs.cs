using System.Text;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;
using Waggle.Protocol.Records;

namespace Waggle.Server.Hosting;

/// <summary>
/// Keeps the last log lines of each attempt in memory: of running tasks, and of ended ones while there is room. It counts or dates the lines that it drops, so
/// that a reader can tell a part from the whole. The owner's loop fills it; any thread may read it.
/// </summary>
internal sealed class TaskLogs(DateTimeOffset start, long maxTotalBytes = TaskLogs.MaxTotalBytes)
{
    public const int MaxLines = 256;
    public const int MaxBytes = 64 * 1024;
    private const long MaxTotalBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Tail>> _byTask = new(StringComparer.Ordinal);

    // Each list begins with the tail that was quiet for longest.
    private readonly LinkedList<Tail> _running = [];
    private readonly LinkedList<Tail> _ended = [];
    private DateTimeOffset _since = start;
    private long _total;

    public void Take(SealedBatch batch)
    {
        foreach (var record in batch.Records)
        {
            if (record.Payload is TaskLogged logged) Add(logged, record.At);
            else if (record.Payload is TaskRecord task && task.State.IsTerminal()) End(task.Task);
        }
    }

    /// <summary>Returns the lines of a task. They are complete since the returned time, except those counted as dropped.</summary>
    public (DateTimeOffset Since, IReadOnlyList<AttemptLog> Attempts) Of(string task)
    {
        lock (_gate) return (_since, _byTask.TryGetValue(task, out var tails) ? [.. tails.Select(t => t.Show())] : []);
    }

    private void Add(TaskLogged logged, DateTimeOffset at)
    {
        lock (_gate)
        {
            var tail = TailOf(logged);
            _total -= tail.Bytes;
            foreach (var line in logged.Lines) tail.Add(new LogLine(at, line));
            _total += tail.Bytes;
            _running.Remove(tail.Place);
            _running.AddLast(tail.Place);
            while (_total > maxTotalBytes && (_ended.First ?? _running.First) is { } oldest) Forget(oldest.Value);
        }
    }

    private void End(string task)
    {
        lock (_gate)
        {
            foreach (var tail in _byTask.GetValueOrDefault(task) ?? [])
            {
                tail.Place.List!.Remove(tail.Place);
                _ended.AddLast(tail.Place);
            }
        }
    }

    private Tail TailOf(TaskLogged logged)
    {
        if (!_byTask.TryGetValue(logged.Task, out var tails)) _byTask[logged.Task] = tails = [];
        if (tails.Find(t => t.Attempt == logged.Attempt) is { } known) return known;
        var tail = new Tail(logged.Task, logged.Attempt, logged.Agent);
        tails.Add(tail);
        _running.AddLast(tail.Place);
        _total += tail.Bytes;
        return tail;
    }

    private void Forget(Tail tail)
    {
        tail.Place.List!.Remove(tail.Place);
        _total -= tail.Bytes;
        if (tail.Last > _since) _since = tail.Last;
        var tails = _byTask[tail.Task];
        tails.Remove(tail);
        if (tails.Count == 0) _byTask.Remove(tail.Task);
    }

    private sealed class Tail
    {
        // The cost of a tail and a line beside the text, in bytes.
        private const int Overhead = 64;

        private readonly Queue<(LogLine Line, int Bytes)> _lines = new();
        private long _dropped;

        public Tail(string task, int attempt, string agent)
        {
            Task = task;
            Attempt = attempt;
            Agent = agent;
            Place = new LinkedListNode<Tail>(this);
        }

        public string Task { get; }

        public int Attempt { get; }

        public string Agent { get; }

        public LinkedListNode<Tail> Place { get; }

        public int Bytes { get; private set; } = Overhead;

        public DateTimeOffset Last { get; private set; }

        public void Add(LogLine line)
        {
            var bytes = Encoding.UTF8.GetByteCount(line.Line) + Overhead;
            _lines.Enqueue((line, bytes));
            Bytes += bytes;
            Last = line.At;
            while (_lines.Count > MaxLines || Bytes > MaxBytes)
            {
                Bytes -= _lines.Dequeue().Bytes;
                _dropped++;
            }
        }

        public AttemptLog Show() => new(Attempt, Agent, _dropped, [.. _lines.Select(l => l.Line)]);
    }
}
