using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec.Coding;

/// <summary>A process of <c>waggle worker --agent</c> in a swarm of its own.</summary>
internal sealed class CodingWorker : IAsyncDisposable
{
    private readonly CliProcess _process;

    private CodingWorker(CliProcess process, WaggleClient client, string swarm) => (_process, Client, Swarm) = (process, client, swarm);

    public WaggleClient Client { get; }

    public string Swarm { get; }

    /// <summary>The agent's id.</summary>
    public string Agent => $"{Swarm}-agent";

    public SeenLines Output => _process.Output;

    /// <param name="programs">The folder of the agent's program.</param>
    public static async Task<CodingWorker> StartAsync(
        HubFixture hub, string agent, string programs, TempFolder home, IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var swarm = await hub.NewSwarmAsync();
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}",
            ["HOME"] = home.Root,
        };
        foreach (var (name, value) in variables) all[name] = value;
        string[] command = ["worker", "--agent", agent, "--swarm", swarm, "--name", $"{swarm}-agent", .. arguments];
        var process = CliProcess.Start(await hub.UrlAsync(), command, variables: all, folder: home.Root);
        await process.Output.WaitAsync("connected");
        return new(process, await hub.ClientAsync(), swarm);
    }

    public async Task<string> CreateAsync(string prompt, int attempts = 1) =>
        (await Client.CreateTaskAsync(new TaskSpec
        {
            Title = "a task",
            Swarm = Swarm,
            Input = RawJson.Parse(System.Text.Json.JsonSerializer.Serialize(new { prompt })),
            MaxAttempts = attempts,
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
