using Waggle.Client;
using Waggle.Exec;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Exec;

/// <summary>A fault in the worker while it reads the output of a command.</summary>
public sealed class OutputFaultTests(HubFixture hub) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fault_in_a_reader_ends_the_attempt_and_the_command(bool inError)
    {
        var client = await hub.ClientAsync();
        var swarm = await hub.NewSwarmAsync();
        var command = $"echo $$ > {_folder.File("pid")}; yes {(inError ? ">&2" : "")}";
        await using var guard = OrphanGuard.Start(null);
        var settings = new WaggleWorkerOptions { Url = new Uri(await hub.UrlAsync()), Swarm = swarm };
        await using var worker = await WaggleWorker.StartAsync(
            settings,
            async (work, cancel) => await new CommandRun(work, Options(settings.Url, command), new FaultyOutput(), guard, null, _ => Task.CompletedTask).RunAsync(cancel, default, default));

        var task = await client.CreateTaskAsync(new TaskSpec { Title = "writes without end", Swarm = swarm, MaxAttempts = 1 });
        var ended = await client.WaitForCompletionAsync(task.Id).WaitAsync(Eventually.Patience);

        Assert.Equal((TaskState.Failed, "OUTPUT_FAULT"), (ended.State, ended.Error!.Code));
        Assert.Contains("of the third line", ended.Error.Message, StringComparison.Ordinal);
        await Pids.GoneAsync(await Pids.ReadAsync(_folder.File("pid")));
    }

    private static ExecOptions Options(Uri url, string command) => new()
    {
        Url = url,
        Command = command,
        Result = ResultForm.Auto,
        PassToken = false,
        Capabilities = new Dictionary<string, double>(),
        Slots = 1,
        KillAfter = TimeSpan.FromMilliseconds(200),
        Grace = TimeSpan.Zero,
        RetryInUse = false,
    };

    private sealed class FaultyOutput : ICommandOutput
    {
        private int _lines;

        public ValueTask TakeOutput(Line line) => ++_lines == 3 ? throw new InvalidOperationException("of the third line") : ValueTask.CompletedTask;

        public ValueTask TakeError(Line line) => TakeOutput(line);

        public RawJson Result() => RawJson.Parse("\"a result\"");

        public ValueTask<string?> ComplaintAsync() => new((string?)null);
    }
}
