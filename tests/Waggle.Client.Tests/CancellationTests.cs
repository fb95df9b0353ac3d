using System.Reflection;
using System.Runtime.CompilerServices;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests;

/// <summary>Every public method that takes a token obeys it: found by reflection, so that a new one cannot be forgotten.</summary>
public sealed class CancellationTests
{
    public static TheoryData<string> Methods => [.. Cancellable(typeof(WaggleClient)).Select(m => m.ToString()!)];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_cancelled_token_sends_nothing(string method)
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(CallAsync(client, method, new CancellationToken(canceled: true))));
        Assert.Equal(1, hub.Sessions);
        Assert.DoesNotContain(session.Messages, m => m is not Hello);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_call_that_the_hub_never_answers_ends_with_its_token(string method)
    {
        await using var hub = ScriptedHub.Start();
        var (client, session) = await Rigs.ClientAsync(hub);
        await using var __ = client;
        using var cancel = new CancellationTokenSource();
        var call = CallAsync(client, method, cancel.Token);

        // Requests over HTTP do not appear in a session.
        var isHttp = method.Contains("GetResultAsync", StringComparison.Ordinal);
        await Eventually.Async(() => isHttp || hub.Sessions == 2 || session.Messages.Any(m => m is not Hello));
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(call));
    }

    [Fact]
    public async Task Connecting_ends_with_its_token()
    {
        await using var hub = ScriptedHub.Start();
        hub.Greet = (_, _) => null;
        using var cancel = new CancellationTokenSource();
        var options = Rigs.ClientOptions(hub);
        Task[] connecting =
        [
            WaggleClient.ConnectAsync(options, cancel.Token),
            WaggleConnection.ConnectAsync(options, cancel: cancel.Token),
            WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Url }, (_, _) => default, cancel.Token),
            WaggleWorker.StartAsync(new WaggleWorkerOptions { Url = hub.Url }, new TaskHandlers().Otherwise((_, _) => default), cancel.Token),
        ];
        await Eventually.Async(() => hub.Sessions == 4);
        await cancel.CancelAsync();
        foreach (var one in connecting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(Done(one)));
    }

    [Fact]
    public async Task A_raw_request_and_a_run_of_handlers_end_with_their_tokens()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is Subscribe s ? Answers.Subscribed(s, new Position(1, 0)) : null;
        await using var connection = await WaggleConnection.ConnectAsync(Rigs.ClientOptions(hub));
        await using var client = await WaggleClient.ConnectAsync(Rigs.ClientOptions(hub));
        using var cancel = new CancellationTokenSource();
        var request = connection.RequestAsync(new SwarmList(), repeatable: true, cancel.Token);
        var run = client.ObserveAsync(["#"]).RunAsync(new ObservationHandlers(), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(request));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Get(Done(run)));
    }

    [Fact]
    public async Task The_token_of_a_stop_cuts_its_grace_short()
    {
        await using var hub = ScriptedHub.Start();
        hub.Auto = m => m is TaskRelease release ? Answers.Ack(release) : m is TaskStart or AgentDrain ? Answers.Nothing(m) : null;
        await using var rig = await Rigs.WorkerAsync(hub, async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return default;
        });
        await rig.Session.SendAsync(Answers.Assign("t1"));
        await Eventually.Async(() => rig.Session.Messages.OfType<TaskStart>().Any());
        using var hurry = new CancellationTokenSource();
        var stopping = rig.Worker.StopAsync(TimeSpan.FromHours(1), hurry.Token);
        await hurry.CancelAsync();
        await stopping.WaitAsync(Eventually.Patience);
        Assert.Single(rig.Session.Messages.OfType<TaskRelease>());
    }

    private static IEnumerable<MethodInfo> Cancellable(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => !m.IsGenericMethod && m.GetParameters().Any(p => p.ParameterType == typeof(CancellationToken)));

    private static async Task<bool> CallAsync(WaggleClient client, string method, CancellationToken cancel)
    {
        var called = Cancellable(typeof(WaggleClient)).Single(m => m.ToString() == method);
        var arguments = called.GetParameters().Select(p => Argument(p.ParameterType, cancel)).ToArray();
        var result = called.Invoke(client, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        switch (result)
        {
            case Task task:
                return await Done(task);
            case IAsyncEnumerable<object> all:
                await foreach (var _ in all)
                {
                }

                return true;
            default:
                throw new InvalidOperationException($"{method} gives a {result}: say here how it is awaited.");
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private static object? Argument(Type type, CancellationToken cancel) =>
        type == typeof(CancellationToken) ? cancel
        : type == typeof(string) ? "x"
        : type == typeof(TaskSpec) ? new TaskSpec { Title = "x" }
        : type == typeof(IReadOnlyList<TaskSpec>) ? new[] { new TaskSpec { Title = "x" } }
        : type == typeof(IReadOnlyList<string>) ? new[] { "#" }
        : type == typeof(ObserverFilter) ? new ObserverFilter { Patterns = ["#"] }
        : type == typeof(RawJson) || type == typeof(int) || type == typeof(bool) ? RuntimeHelpers.GetUninitializedObject(type)
        : null;
}
