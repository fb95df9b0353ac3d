using System.Collections.Concurrent;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

/// <summary>A client or worker before a scripted hub, with a clock that the test moves.</summary>
internal static class Rigs
{
    public static WaggleClientOptions ClientOptions(ScriptedHub hub, FakeTime? time = null) => new()
    {
        Url = hub.Url,
        Time = time ?? TimeProvider.System,
        Dice = new Random(1),
        BackoffBase = TimeSpan.FromMilliseconds(1),
        BackoffCap = TimeSpan.FromMilliseconds(20),
    };

    public static async Task<(WaggleClient Client, HubSession Session)> ClientAsync(ScriptedHub hub, FakeTime? time = null)
    {
        var client = await WaggleClient.ConnectAsync(ClientOptions(hub, time));
        return (client, await hub.NextSessionAsync());
    }

    public static async Task<WorkerRig> WorkerAsync(
        ScriptedHub hub, Func<TaskWork, CancellationToken, ValueTask<RawJson>> handler, Action<WaggleWorkerOptions>? more = null)
    {
        var rig = new WorkerRig();
        var options = new WaggleWorkerOptions
        {
            Url = hub.Url,
            Time = rig.Time,
            Dice = new Random(1),
            AgentId = "a1",
            Slots = 10,
            BackoffBase = TimeSpan.FromMilliseconds(1),
            BackoffCap = TimeSpan.FromMilliseconds(20),
            OnAssigned = a => rig.Assigned.Enqueue(a.Task),
            OnAcknowledged = (task, _, _, ack) => rig.Acknowledged.Enqueue((task, ack)),
            OnRejected = (task, _, _, code) => rig.Rejected.Enqueue((task, code)),
            OnReportRejected = (task, _, _, code) => rig.ReportsRejected.Enqueue((task, code)),
        };
        more?.Invoke(options);
        rig.Worker = await WaggleWorker.StartAsync(options, handler);
        rig.Session = await hub.NextSessionAsync();
        return rig;
    }
}

internal sealed class WorkerRig : IAsyncDisposable
{
    public FakeTime Time { get; } = new();
    public WaggleWorker Worker { get; set; } = null!;
    public HubSession Session { get; set; } = null!;
    public ConcurrentQueue<string> Assigned { get; } = new();
    public ConcurrentQueue<(string Task, TaskAck Ack)> Acknowledged { get; } = new();
    public ConcurrentQueue<(string Task, string Code)> Rejected { get; } = new();
    public ConcurrentQueue<(string Task, string Code)> ReportsRejected { get; } = new();

    /// <summary>Moves the clock until the worker has come back.</summary>
    public async Task<HubSession> ReconnectedAsync(ScriptedHub hub)
    {
        var next = hub.NextSessionAsync();
        await Time.AdvanceUntilAsync(() => next.IsCompleted, TimeSpan.FromMilliseconds(5), "a reconnect");
        return Session = await next;
    }

    public async ValueTask DisposeAsync()
    {
        var disposing = Worker.DisposeAsync().AsTask();
        await Time.AdvanceUntilAsync(() => disposing.IsCompleted, TimeSpan.FromMilliseconds(500), "the worker's end");
        await disposing;
    }
}
