using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

[assembly: AssemblyFixture(typeof(HubFixture))]

namespace Waggle.Tests.Cli;

/// <summary>One real hub for all tests of the command line. Each test uses its own swarms and agents. The first test that needs the hub starts it.</summary>
public sealed class HubFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task<Parts>> _parts;
    private readonly Lazy<Task<CliProcess>> _shell;

    public HubFixture()
    {
        _parts = new(StartAsync);
        _shell = new(StartShellAsync);
    }

    private sealed record Parts(CliProcess Hub, string Url, WaggleClient Client);

    public async Task<string> UrlAsync() => (await _parts.Value).Url;

    public async Task<WaggleClient> ClientAsync() => (await _parts.Value).Client;

    internal async Task<CliResult> RunAsync(params string[] arguments) => await CliProcess.RunAsync(await UrlAsync(), arguments);

    internal async Task<CliProcess> StartAsync(params string[] arguments) => CliProcess.Start(await UrlAsync(), arguments);

    /// <summary>Runs a script with the shell worker and returns the ended task.</summary>
    public async Task<TaskView> ShellAsync(string script, Func<TaskSpec, TaskSpec>? more = null) =>
        await (await ClientAsync()).WaitForCompletionAsync(await BeginShellAsync(script, more)).WaitAsync(Eventually.Patience);

    public async Task<string> BeginShellAsync(string script, Func<TaskSpec, TaskSpec>? more = null)
    {
        await _shell.Value;
        var spec = new TaskSpec { Title = "a script", Swarm = "shell", Input = RawJson.Parse(System.Text.Json.JsonSerializer.Serialize(new { prompt = script })), BackoffBaseMs = 0, MaxAttempts = 1 };
        return (await (await ClientAsync()).CreateTaskAsync(more?.Invoke(spec) ?? spec)).Id;
    }

    public async Task<string> NewSwarmAsync() => (await (await ClientAsync()).CreateSwarmAsync("of a test")).Id;

    public async ValueTask DisposeAsync()
    {
        if (_shell.IsValueCreated) await (await _shell.Value).DisposeAsync();
        if (_parts.IsValueCreated)
        {
            var parts = await _parts.Value;
            await parts.Client.DisposeAsync();
            await parts.Hub.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<Parts> StartAsync()
    {
        var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data"), "--sync", "normal"]);
        var url = (await hub.Output.WaitAsync("ready "))["ready ".Length..];
        return new(hub, url, await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url), ConnectTimeout = Eventually.Patience, AttemptTimeout = Eventually.Patience }));
    }

    private async Task<CliProcess> StartShellAsync()
    {
        await (await ClientAsync()).CreateSwarmAsync("Scripts", "shell");
        var worker = await StartAsync("worker", "--swarm", "shell", "--name", "shell", "--slots", "8", "--kill-after", "300ms", "--exec", "eval \"$WAGGLE_TASK_PROMPT\"");
        await worker.Output.WaitAsync("connected");
        return worker;
    }
}
