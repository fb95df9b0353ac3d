using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Tests.Cli;

/// <summary>A hub restarts under all its clients at once. WAGGLE_RESTART_CLIENTS sets their number (default 500).</summary>
public sealed class RestartTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly int Connections = int.Parse(Environment.GetEnvironmentVariable("WAGGLE_RESTART_CLIENTS") ?? "500", CultureInfo.InvariantCulture);
    private static readonly int Workers = Connections / 5;
    private static readonly int Observers = Connections - Workers;

    private readonly TempFolder _folder = new();
    private readonly int _port = FreePort();
    private readonly TaskCompletionSource _finish = new();
    private readonly ConcurrentBag<WaggleWorker> _workers = [];
    private readonly HttpClient _http = new();
    private WaggleClient? _client;

    private Uri Url => new($"http://127.0.0.1:{_port}");

    public async ValueTask DisposeAsync()
    {
        _finish.TrySetResult();
        await Task.WhenAll(_workers.Select(w => w.DisposeAsync().AsTask()));
        if (_client is not null) await _client.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_clients_come_back_and_no_task_is_given_to_another_worker()
    {
        await using var first = await StartHubAsync();
        _client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = Url });
        var tasks = await _client.CreateTasksAsync([.. Enumerable.Range(0, Workers).Select(n => new TaskSpec { Title = $"task {n}" })]);
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(StartWorkerAsync));
        await UntilAsync(() => Task.FromResult(_workers.All(w => w.Held == 1)), "every worker has its task");
        var observers = Enumerable.Range(0, Observers).Select(_ => _client.ObserveAsync(["swarm.#"])).ToArray();
        await Task.WhenAll(observers.Select(o => o.Ready)).WaitAsync(Patience);

        var clock = Stopwatch.StartNew();
        first.Signal(CliProcess.Terminate);
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        var stopped = clock.Elapsed;
        await using var second = await StartHubAsync();
        var ready = clock.Elapsed;
        await UntilAsync(async () => await ValueAsync("waggle_delivery_resumes_total{result=\"recovered\"}") == Observers && await ValueAsync("waggle_agent_online") == Workers, "everybody is back");
        var back = clock.Elapsed;
        TestContext.Current.SendDiagnosticMessage($"{Connections} clients: stopped after {stopped.TotalSeconds:F2} s, ready after {ready.TotalSeconds:F2} s, all resumed after {back.TotalSeconds:F2} s.");

        // No client missed a record, and the hub assigned no task again.
        var swarm = await _client.CreateSwarmAsync("after the restart");
        foreach (var observer in observers) await SeesAsync(observer, swarm.Id).WaitAsync(Patience);
        Assert.Equal(0, await ValueAsync("waggle_task_assigned_total"));
        Assert.Equal(0, await ValueAsync("waggle_delivery_resumes_total{result=\"lost\"}"));
        _finish.SetResult();
        foreach (var task in tasks)
        {
            var ended = await _client.WaitForCompletionAsync(task.Id).WaitAsync(Patience);
            Assert.Equal((TaskState.Completed, 1), (ended.State, Assert.Single(ended.Attempts!).Attempt));
        }
    }

    private async Task StartWorkerAsync(int n) => _workers.Add(await WaggleWorker.StartAsync(
        new WaggleWorkerOptions { Url = Url, AgentId = $"w{n}", ConnectTimeout = Patience },
        new TaskHandlers().Otherwise(async (_, cancel) =>
        {
            await _finish.Task.WaitAsync(cancel);
            return RawJson.Parse("1");
        })));

    private static async Task SeesAsync(Observer observer, string swarm)
    {
        await foreach (var observation in observer)
        {
            var record = Assert.IsType<RecordObserved>(observation).Record;
            if (record.Swarm == swarm) return;
        }
    }

    private async Task<CliProcess> StartHubAsync()
    {
        var hub = CliProcess.Start(null, ["serve", "--port", $"{_port}", "--no-compat-ports", "--data", _folder.File("data"), "--sync", "normal"]);
        await hub.Output.WaitAsync("ready ");
        return hub;
    }

    private async Task<double> ValueAsync(string series)
    {
        var text = await _http.GetStringAsync(new Uri(Url, "/metrics"));
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < Patience, $"It did not happen: {what}.");
            await Task.Delay(20);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
