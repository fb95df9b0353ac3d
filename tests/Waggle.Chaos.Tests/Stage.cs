namespace Waggle.Chaos.Tests;

/// <summary>The hub and its workers, and who is killed next. Whoever dies comes back at once.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly int _port;
    private readonly Random _dice;
    private readonly ITestOutputHelper _output;
    private readonly Actor[] _workers;
    private readonly SortedDictionary<string, int> _kills = new(StringComparer.Ordinal);
    private Actor _hub = null!;
    private string? _point;

    private Stage(string folder, int workers, Random dice, ITestOutputHelper output)
    {
        _folder = folder;
        _dice = dice;
        _output = output;
        _port = Actor.FreePort(dice);
        _workers = new Actor[workers];
    }

    public Uri Url => new($"http://127.0.0.1:{_port}");

    public string Summary => string.Join(", ", _kills.Select(k => $"{k.Value} × {k.Key}"));

    public static async Task<Stage> SetAsync(string folder, int workers, Random dice, ITestOutputHelper output)
    {
        var stage = new Stage(folder, workers, dice, output);
        await stage.StartHubAsync(real: true);
        for (var i = 0; i < workers; i++) await stage.StartWorkerAsync(i);
        return stage;
    }

    /// <summary>Kills the hub from outside, the hub at a point of a commit, or a worker; each in its turn, at a random moment.</summary>
    public async Task KillSomethingAsync(int kill)
    {
        var moment = TimeSpan.FromMilliseconds(_dice.Next(150));
        if (_point is not null)
        {
            // This hub was started to die by itself. If the traffic does not reach its commit, it is killed like another.
            await Task.WhenAny(_hub.Exited, Task.Delay(TimeSpan.FromSeconds(2)));
            Count(_hub.HasExited ? $"hub {_point.Split(':')[0]} commit" : "hub from outside");
            await ReplaceHubAsync();
        }
        else if (kill % 3 == 0)
        {
            await Task.Delay(moment);
            var which = _dice.Next(_workers.Length);
            Count("worker");
            await _workers[which].DisposeAsync();
            await StartWorkerAsync(which);
        }
        else
        {
            await Task.Delay(moment);
            Count("hub from outside");
            await ReplaceHubAsync();
        }
    }

    /// <summary>Nobody is killed any more.</summary>
    public async Task RestAsync()
    {
        if (_point is not null || _hub.HasExited)
        {
            await _hub.DisposeAsync();
            await StartHubAsync(real: true);
        }

        for (var i = 0; i < _workers.Length; i++)
        {
            if (!_workers[i].HasExited) continue;
            _output.WriteLine($"{_workers[i].Name} had ended by itself: {_workers[i].Errors}");
            Assert.Fail($"{_workers[i].Name} ended by itself: {_workers[i].Errors}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        await _hub.DisposeAsync();
    }

    private async Task ReplaceHubAsync()
    {
        await _hub.DisposeAsync();
        await StartHubAsync(real: _dice.Next(2) == 0);
    }

    private async Task StartHubAsync(bool real)
    {
        var data = Path.Combine(_folder, "data");
        if (real)
        {
            _point = null;
            _hub = await Actor.HubAsync(data, _port).WaitAsync(Patience);
            Assert.False(_hub.HasExited, $"The hub did not start again: {_hub.Errors}");
            return;
        }

        string[] places = ["before", "during", "during", "after"];
        _point = $"{places[_dice.Next(places.Length)]}:{_dice.Next(1, 12)}";
        _hub = await Actor.KillingHubAsync(data, _port, _point, _dice.Next()).WaitAsync(Patience);
    }

    private async Task StartWorkerAsync(int i) =>
        _workers[i] = await Actor.WorkerAsync(_port, $"worker-{i + 1}", Path.Combine(_folder, $"worker-{i + 1}.journal"));

    private void Count(string what) => _kills[what] = _kills.GetValueOrDefault(what) + 1;
}
