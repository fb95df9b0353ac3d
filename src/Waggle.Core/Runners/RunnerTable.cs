namespace Waggle.Core.Runners;

/// <summary>
/// The runners that are attached or were until lately. Links outlive a batch that fails, as they were before it. Used by the owner's loop alone.
/// </summary>
internal sealed class RunnerTable
{
    private readonly Dictionary<string, RunnerPresence> _runners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RunnerPresence?> _before = new(StringComparer.Ordinal);

    public IReadOnlyCollection<RunnerPresence> All => _runners.Values;

    public int OnlineCount => _runners.Values.Count(r => r.Link is not null);

    public RunnerPresence? this[string id] => _runners.GetValueOrDefault(id);

    public void Put(RunnerPresence runner)
    {
        _before.TryAdd(runner.Id, this[runner.Id]);
        _runners[runner.Id] = runner;
    }

    public void Remove(string id)
    {
        _before.TryAdd(id, this[id]);
        _runners.Remove(id);
    }

    /// <summary>Notes the end of a connection, which is a fact whether its batch is stored or not.</summary>
    public void Detach(string id, IRunnerLink link, DateTimeOffset at)
    {
        if (this[id] is { } runner && ReferenceEquals(runner.Link, link)) _runners[id] = runner with { Link = null, SilentSince = at };
    }

    public void GrantFullPeriod(DateTimeOffset now)
    {
        foreach (var runner in _runners.Values.Where(r => r.Link is null).ToArray()) _runners[runner.Id] = runner with { SilentSince = now };
    }

    public void EndBatch() => _before.Clear();

    public void Reset()
    {
        foreach (var (id, runner) in _before)
        {
            if (runner is null) _runners.Remove(id);
            else _runners[id] = runner;
        }

        _before.Clear();
    }
}
