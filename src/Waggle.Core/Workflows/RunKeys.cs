namespace Waggle.Core.Workflows;

/// <summary>
/// The open runs with a key, in the order in which they may run: the first one runs, and the others are queued. Only the owner's loop uses it.
/// </summary>
internal sealed class RunKeys
{
    private readonly Dictionary<(string Workflow, string Key), List<string>> _runs = [];

    public IReadOnlyList<string> Of(string workflow, string key) => _runs.GetValueOrDefault((workflow, key)) ?? [];

    public void Add(RunEntity run)
    {
        if (run.Key is not { } key) return;
        if (!_runs.TryGetValue((run.Workflow, key), out var runs)) _runs[(run.Workflow, key)] = runs = [];
        runs.Add(run.Id);
    }

    /// <summary>Removes a run that ended.</summary>
    /// <returns>The run that is first now; null if the removed one was not first, or if none is left.</returns>
    public string? Remove(RunEntity run)
    {
        if (run.Key is not { } key || !_runs.TryGetValue((run.Workflow, key), out var runs)) return null;
        var first = runs[0] == run.Id;
        runs.Remove(run.Id);
        if (runs.Count == 0) _runs.Remove((run.Workflow, key));
        return first && runs.Count > 0 ? runs[0] : null;
    }

    public void Clear() => _runs.Clear();
}
