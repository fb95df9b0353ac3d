using Waggle.Core.Ports;

namespace Waggle.Benchmarks.Store;

/// <summary>
/// Tasks as the hub writes them: created, started and ended in three commits, with four columns of which one or two change each time, and a body of 600 bytes.
/// </summary>
internal sealed class Work(bool ordered)
{
    public static readonly EntityKind Kind = new("task", ["state", "swarm", "agent", "parent"]);

    private static readonly string[] States = ["pending", "running", "completed"];

    private readonly Random _random = new(1);
    private readonly List<(long Seq, string Id, int Stage)> _open = [];
    private readonly byte[] _body = new byte[1024];

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns a batch: a third are new tasks, the others advance random open ones.</summary>
    public CommitBatch Next(long head, int size)
    {
        Now += TimeSpan.FromMilliseconds(5);
        var entities = new List<StoredEntity>(size);
        var next = new List<(long, string, int)>(size);
        var seq = head;
        while (entities.Count < size)
        {
            seq++;
            if (_open.Count > 0 && _random.Next(3) > 0)
            {
                var at = _random.Next(_open.Count);
                var (first, id, stage) = _open[at];
                _open[at] = _open[^1];
                _open.RemoveAt(_open.Count - 1);
                entities.Add(Task(first, id, stage));
                if (stage == 1)
                    next.Add((first, id, 2));
            }
            else
            {
                var id = Id(seq);
                entities.Add(Task(seq, id, 0));
                next.Add((seq, id, 1));
            }
        }

        _open.AddRange(next);
        return new CommitBatch(entities, seq, new byte[size * 400], Now);
    }

    public StoredEntity Task(long seq, string id, int stage) => new(
        "task", id, seq, stage == 2 ? Now : null, [States[stage], $"swarm-{seq % 50}", stage == 0 ? null : $"agent-{seq % 300}", null],
        _body.AsMemory(0, 560 + (int)(seq % 40) + (stage * 5)));

    public string Id(long seq) => ordered ? $"t_{seq:x12}" : $"t_{new Random((int)(seq * 7919)).NextInt64():x16}{seq & 0xffff:x4}";
}
