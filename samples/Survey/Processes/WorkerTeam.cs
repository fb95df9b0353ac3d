using System.Diagnostics;
using Waggle.Survey.State;
using Waggle.Survey.Workers;

namespace Waggle.Survey.Processes;

/// <summary>The worker processes. The team restarts a process that ends unexpectedly a few times; its tasks are safe meanwhile.</summary>
internal sealed class WorkerTeam(DemoState state, Func<DemoWorkerOptions, ProcessStartInfo> start, TimeProvider time) : IAsyncDisposable
{
    private const int MostRestarts = 5;

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, WorkerProcess> _running = new(StringComparer.Ordinal);
    private readonly List<WorkerProcess> _all = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    /// <summary>Faulted with a <see cref="SurveyException"/> if a worker keeps ending; never completes otherwise.</summary>
    public Task Failed => _failed.Task;

    public void Start(DemoWorkerOptions options, int restarts = 0)
    {
        lock (_gate)
        {
            if (_stopping) return;
            var worker = WorkerProcess.Start(options, start(options));
            _running[options.Name] = worker;
            _all.Add(worker);
            lock (state.Gate) state.Started(time.GetUtcNow(), options.Name, options.Role, worker.Pid);
            _ = WatchAsync(worker, restarts);
        }
    }

    /// <summary>Returns the process of that name; null if it has ended.</summary>
    public WorkerProcess? Find(string name)
    {
        lock (_gate) return _running.GetValueOrDefault(name);
    }

    /// <summary>Kills a worker on purpose. Completes when it is dead.</summary>
    public Task KillAsync(WorkerProcess worker)
    {
        // The worker is not restarted, so that the others take its tasks.
        lock (_gate) _running.Remove(worker.Options.Name);
        return worker.KillAsync();
    }

    /// <summary>Stops all workers, and kills those that do not end.</summary>
    public async Task StopAsync()
    {
        var left = TakeAll();
        foreach (var worker in left) worker.Release();
        await Task.WhenAny(Task.WhenAll(left.Select(worker => worker.Exited)), Task.Delay(StopTimeout, time));
        await KillAsync(left);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(TakeAll());
        foreach (var worker in _all) worker.Dispose();
    }

    private static async Task KillAsync(WorkerProcess[] workers) =>
        await Task.WhenAll(workers.Where(worker => !worker.Exited.IsCompleted).Select(worker => worker.KillAsync()));

    private WorkerProcess[] TakeAll()
    {
        lock (_gate)
        {
            _stopping = true;
            WorkerProcess[] left = [.. _running.Values];
            _running.Clear();
            foreach (var worker in left)
            {
                lock (state.Gate) state.Workers.Left(worker.Options.Name, WorkerFate.Stopped);
            }

            return left;
        }
    }

    private async Task WatchAsync(WorkerProcess worker, int restarts)
    {
        await worker.Exited;
        var name = worker.Options.Name;
        lock (_gate)
        {
            if (!_running.TryGetValue(name, out var running) || running != worker) return;
            _running.Remove(name);
        }

        lock (state.Gate)
        {
            state.Workers.Left(name, WorkerFate.Exited);
            state.Tell(time.GetUtcNow(), $"{name} (pid {worker.Pid}) ended by itself, {worker.Ending}", Tone.Bad);
        }

        if (restarts < MostRestarts) Start(worker.Options, restarts + 1);
        else _failed.TrySetException(new SurveyException($"{name} ended {restarts + 1} times by itself, the last time with {worker.Ending}"));
    }
}
