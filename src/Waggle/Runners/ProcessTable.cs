using Waggle.Protocol.Messages;

namespace Waggle.Runners;

/// <summary>The processes of a runner, those included whose end the hub has not acknowledged. Thread-safe.</summary>
internal sealed class ProcessTable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProcessRef, AgentProcess> _processes = [];
    private TaskCompletionSource? _empty;

    /// <summary>The number of processes that have not ended. The hub, too, counts no others.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _processes.Values.Count(p => !p.Ended.IsCompleted);
        }
    }

    public int CountOf(string role)
    {
        lock (_gate) return _processes.Values.Count(p => p.Role == role && !p.Ended.IsCompleted);
    }

    public IReadOnlyList<ProcessRef> All()
    {
        lock (_gate) return [.. _processes.Keys];
    }

    public bool Has(ProcessRef process)
    {
        lock (_gate) return _processes.ContainsKey(process);
    }

    /// <returns>False if the runner has the process already.</returns>
    public bool TryAdd(AgentProcess process)
    {
        lock (_gate) return _processes.TryAdd(process.Ref, process);
    }

    public void Remove(AgentProcess process)
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            _processes.Remove(process.Ref);
            if (_processes.Count == 0) (empty, _empty) = (_empty, null);
        }

        empty?.TrySetResult();
    }

    /// <returns>False if the runner does not have the process.</returns>
    public bool Stop(ProcessRef process)
    {
        AgentProcess? found;
        lock (_gate) found = _processes.GetValueOrDefault(process);
        found?.Stop();
        return found is not null;
    }

    public void StopAll()
    {
        AgentProcess[] all;
        lock (_gate) all = [.. _processes.Values];
        foreach (var process in all) process.Stop();
    }

    /// <summary>Returns a task that completes when every process has ended on this machine.</summary>
    public Task WhenEndedAsync()
    {
        lock (_gate) return Task.WhenAll(_processes.Values.Select(p => p.Ended));
    }

    /// <summary>Returns a task that completes when the hub has acknowledged every end.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            if (_processes.Count == 0) return Task.CompletedTask;
            _empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }
}
