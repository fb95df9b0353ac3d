using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>A process of <c>waggle worker</c> with a coding agent or a model, in a swarm of its own.</summary>
internal sealed class CodingWorker : IAsyncDisposable
{
    private readonly CliProcess _process;

    private CodingWorker(CliProcess process, WaggleClient client, string swarm) => (_process, Client, Swarm) = (process, client, swarm);

    public WaggleClient Client { get; }

    public string Swarm { get; }

    /// <summary>The agent's id.</summary>
    public string Agent => $"{Swarm}-agent";

    public SeenLines Output => _process.Output;

    /// <summary>All that the process has printed.</summary>
    public string Printed => _process.Output.Text + _process.Error.Text;

    /// <param name="programs">The folder of the agent's program.</param>
    public static async Task<CodingWorker> StartAsync(
        HubFixture hub, string agent, string programs, TempFolder home, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = home.Root,
        };
        foreach (var (name, value) in variables) all[name] = value;
        return await StartAsync(await hub.UrlAsync(), await hub.ClientAsync(), home, all, ["--agent", agent, .. arguments]);
    }

    /// <param name="client">A client of the hub.</param>
    public static async Task<CodingWorker> StartAsync(
        string url, WaggleClient client, TempFolder home, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var swarm = (await client.CreateSwarmAsync("of a test")).Id;
        string[] command = ["worker", "--swarm", swarm, "--name", $"{swarm}-agent", .. arguments];
        var process = CliProcess.Start(url, command, variables: variables, folder: home.Root);
        await process.Output.WaitAsync("connected");
        return new(process, client, swarm);
    }

    public async Task<string> CreateAsync(string prompt, int attempts = 1, VerifySpec? verify = null) =>
        (await Client.CreateTaskAsync(new TaskSpec
        {
            Title = "a task",
            Swarm = Swarm,
            Input = RawJson.Parse(System.Text.Json.JsonSerializer.Serialize(new { prompt })),
            MaxAttempts = attempts,
            Verify = verify,
            BackoffBaseMs = 0,
        })).Id;

    public Task<TaskView> EndOfAsync(string task) => Client.WaitForCompletionAsync(task).WaitAsync(Eventually.Patience);

    public async Task<TaskView> RunAsync(string prompt, int attempts = 1) => await EndOfAsync(await CreateAsync(prompt, attempts));

    /// <summary>Returns the open question of the swarm.</summary>
    public async Task<QuestionView> QuestionAsync()
    {
        QuestionView? open = null;
        await Eventually.Async(
            async () =>
            {
                await foreach (var question in Client.Questions.ListAsync(Swarm, state: QuestionState.Open)) open = question;
                return open is not null;
            },
            "a question");
        return open!;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
