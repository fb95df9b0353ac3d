namespace Waggle.Chaos.Tests;

/// <summary>The hub and its workers, and the choice of the next kill. A killed process restarts at once.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly string? _postgres;
    private readonly int _port;
    private readonly Random _dice;
    private readonly ITestOutputHelper _output;
    private readonly Actor[] _workers;
    private readonly SortedDictionary<string, int> _kills = new(StringComparer.Ordinal);
    private volatile Actor _hub = null!;
    private volatile string? _point;
    private volatile bool _resting;
    private volatile bool _stopped;
    private int _place;
    private Task _keeper = Task.CompletedTask;

    private Stage(string folder, int workers, Random dice, ITestOutputHelper output, string? postgres)
    {
        _postgres = postgres;
        _folder = folder;
        _dice = dice;
        _output = output;
        _port = Actor.FreePort(dice);
        _workers = new Actor[workers];
    }

    public Uri Url => new($"http://127.0.0.1:{_port}");

    public string Summary => string.Join(", ", _kills.Select(k => $"{k.Value} × {k.Key}"));

    public int Kills
    {
        get
        {
            lock (_kills) return _kills.Values.Sum();
        }
    }

    /// <param name="postgres">The database of the hub; null for SQLite. The hub that kills itself has SQLite.</param>
    public static async Task<Stage> SetAsync(string folder, int workers, Random dice, ITestOutputHelper output, string? postgres = null)
    {
        var stage = new Stage(folder, workers, dice, output, postgres);
        await stage.StartHubAsync(real: true);
        stage._keeper = stage.KeepHubAsync();
        for (var i = 0; i < workers; i++) await stage.StartWorkerAsync(i);
        return stage;
    }

    /// <summary>Kills a worker or the hub, from outside or at its point of a commit, at a random moment.</summary>
    public async Task KillSomethingAsync(int kill)
    {
        if (kill % 3 == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Dice(150)));
            var which = Dice(_workers.Length);
            await _workers[which].KillAsync();
            Count("worker");
            await StartWorkerAsync(which);
            return;
        }

        var before = Kills;
        while (Kills == before)
        {
            var hub = _hub;

            // A hub that was started to kill itself gets time for it. If the traffic does not reach its commit, it is killed from outside.
            await (_point is null ? Task.Delay(TimeSpan.FromMilliseconds(Dice(150))) : Task.WhenAny(hub.Exited, Task.Delay(TimeSpan.FromSeconds(1))));
            await hub.KillAsync();
            await Task.Yield();
        }
    }

    /// <summary>Ends the kills.</summary>
    public async Task RestAsync()
    {
        _resting = true;
        if (_point is not null) await _hub.KillAsync();
        foreach (var worker in _workers) Assert.False(worker.HasExited, $"{worker.Name} ended by itself: {worker.Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        _stopped = true;
        await _hub.DisposeAsync();
        await _keeper;
    }

    // The hub's supervisor restarts it after every death.
    private async Task KeepHubAsync()
    {
        while (true)
        {
            await _hub.Exited;
            if (_stopped) return;
            Count(_point is null || _hub.KilledFromOutside ? "hub from outside" : $"hub {_point.Split(':')[0]} commit");
            await _hub.DisposeAsync();
            await StartHubAsync(real: _postgres is not null || _resting || Dice(2) == 0);
        }
    }

    private async Task StartHubAsync(bool real)
    {
        var data = Path.Combine(_folder, "data");
        string[] places = ["before", "during", "during", "after"];
        _point = real ? null : $"{places[_place++ % places.Length]}:{1 + Dice(11)}";
        string[] more = _postgres is null ? [] : ["--store", "postgres", "--postgres", _postgres];
        var hub = real ? Actor.HubAsync(data, _port, more) : Actor.KillingHubAsync(data, _port, _point!, Dice(int.MaxValue));
        _hub = await hub.WaitAsync(Patience);
        if (real && _hub.HasExited) _output.WriteLine($"The hub did not start again: {_hub.Errors}");
    }

    private async Task StartWorkerAsync(int i) =>
        _workers[i] = await Actor.WorkerAsync(_port, $"worker-{i + 1}", Path.Combine(_folder, $"worker-{i + 1}.journal"));

    private void Count(string what)
    {
        lock (_kills) _kills[what] = _kills.GetValueOrDefault(what) + 1;
    }

    private int Dice(int below)
    {
        lock (_dice) return _dice.Next(below);
    }
}
