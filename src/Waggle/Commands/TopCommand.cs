using System.CommandLine;
using Waggle.Client;
using Waggle.Shared;
using Waggle.Watching;

namespace Waggle.Commands;

/// <summary><c>waggle top</c>: the busy agents, the rate of tasks, and the reasons for which tasks wait.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Measure for one window, print the result once and exit." };
        var window = Durations.Option("--window", "The time over which rates are measured; at least 1s.", TimeSpan.FromSeconds(5));
        var swarm = HubIds.SwarmOption("--swarm", "Only the agents and the queue of this swarm; the rates are those of all swarms.");
        var plain = WatchOptions.Plain();
        window.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<Duration>().Value is var given && (given < Period || given > TimeSpan.FromHours(1)))
                result.AddError($"--window '{Durations.Typed(given)}' is not a duration from 1s to 1h.");
        });
        return HubCommand.Create(
            "top",
            "Show agents, rates and the queue, refreshed every second.",
            call => RunAsync(call, call.Get(once), call.Get(window).Value, call.Get(swarm), call.Get(plain)),
            once,
            window,
            swarm,
            plain);
    }

    private static async Task<int> RunAsync(HubCall call, bool once, TimeSpan window, string? swarm, bool plain)
    {
        var live = !once && call.IsLive(plain);
        var away = false;
        if (live) call.OnLink = a => Volatile.Write(ref away, a);
        var client = await call.ConnectAsync(patient: !once);
        await using var observer = client.ObserveAsync(Rates.Patterns, cancel: call.Cancel);
        await observer.Ready.WaitAsync(call.Cancel);
        var rates = new Rates(window, TimeProvider.System);
        var reader = new TopReader(client, rates, window, swarm, TimeProvider.System);
        var counting = CountAsync(observer, rates);
        try
        {
            if (once)
            {
                await Task.WhenAny(counting, Task.Delay(window, TimeProvider.System, call.Cancel));
                call.Cancel.ThrowIfCancellationRequested();
                Print(call.Print, await reader.ReadAsync(call.Cancel));
            }
            else if (live) await DrawAsync(call, reader, () => Volatile.Read(ref away));
            else await EachAsync(reader, reading => Print(call.Print, reading), call.Cancel);
        }
        catch (OperationCanceledException) when (!once && call.Interrupt.Asked.IsCancellationRequested)
        {
            // The user ended the view.
        }

        return ExitCodes.Ok;
    }

    // The next query of the hub reports the end of the observer, which ends if the hub is away for too long or closed for good.
    private static async Task CountAsync(Observer observer, Rates rates)
    {
        try
        {
            await foreach (var observation in observer) rates.See(observation);
        }
        catch (Exception e) when (e is OperationCanceledException or WaggleException)
        {
            rates.Stop();
        }
    }

    private static async Task EachAsync(TopReader reader, Action<TopReading> act, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Period);
        do act(await reader.ReadAsync(cancel));
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private static async Task DrawAsync(HubCall call, TopReader reader, Func<bool> isAway)
    {
        TopReading? last = null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Cancel);
        var reading = ReadAsync();
        await LiveScreen.RunAsync((width, height) =>
            TopView.Draw(Volatile.Read(ref last), Failures.Authority(call.Url), isAway(), width, height), Frame, TimeProvider.System, over.Token);
        if (!over.IsCancellationRequested) await over.CancelAsync();
        try
        {
            await reading;
        }
        catch (OperationCanceledException) when (!call.Cancel.IsCancellationRequested)
        {
            // The user pressed q.
        }

        async Task ReadAsync()
        {
            try
            {
                await EachAsync(reader, r => Volatile.Write(ref last, r), over.Token);
            }
            finally
            {
                await over.CancelAsync();
            }
        }
    }

    private static void Print(Printer print, TopReading reading)
    {
        if (print.IsJson) Printer.Json(reading, TopJson.Default.TopReading);
        else TopView.Print(reading);
    }
}
