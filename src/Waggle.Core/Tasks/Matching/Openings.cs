namespace Waggle.Core.Tasks.Matching;

/// <summary>
/// The shares that a change of a limit makes ready in their groups. They move to the time of the group together, so that their order among themselves and their
/// weights remain: a limit that opens once a second, and each time for all of its shares, would otherwise make them equal each time.
/// </summary>
internal sealed class Openings
{
    private readonly List<(WaitingQueue Queue, double Pass)> _opened = [];

    /// <summary>Adds the queue by which a share became ready in a group.</summary>
    public void Add(WaitingQueue queue)
    {
        var queues = queue.Requirement.Group.Queues;
        queues.LeastOpened = Math.Min(queues.LeastOpened, queue.Share.Pass);
        _opened.Add((queue, queue.Share.Pass));
    }

    /// <summary>
    /// Moves the added shares forward. The first of a group comes to the time of the group, the others as far behind it as one assignment brings them.
    /// </summary>
    public void Lift()
    {
        if (_opened.Count == 0) return;
        foreach (var (queue, pass) in _opened)
        {
            var queues = queue.Requirement.Group.Queues;
            var behind = Math.Min(pass - queues.LeastOpened, queue.Share.Step);
            queue.Share.Lift(queues.Time + behind);
        }

        foreach (var (queue, _) in _opened) queue.Requirement.Group.Queues.LeastOpened = double.PositiveInfinity;
        _opened.Clear();
    }
}
