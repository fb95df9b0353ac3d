using System.Globalization;
using System.Runtime.InteropServices;
using Waggle.Client;
using Waggle.Survey.Voting;

namespace Waggle.Survey.Workers;

/// <summary>The options of a worker process of the demo.</summary>
public sealed record DemoWorkerOptions(string Role, string Name, Uri Url, string Swarm, string Directory, string Out, int Slots);

/// <summary>A worker process: an agent with one capability, for as long as its parent lives.</summary>
public static class DemoWorker
{
    internal const string ScoutRole = "scout";
    internal const string AnalystRole = "analyst";
    internal const string ReporterRole = "reporter";

    /// <summary>Works until standard input ends. Returns the exit code of the process.</summary>
    public static async Task<int> RunAsync(DemoWorkerOptions options)
    {
        // Ctrl-C reaches the whole process group; the demo decides when its workers end.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        // Measuring blocks a thread for each slot; the renewals of short leases must not wait until the pool grows.
        ThreadPool.SetMinThreads(Environment.ProcessorCount + options.Slots + 2, Environment.ProcessorCount);
        var parent = ParentWatch.Start();
        try
        {
            await using var client = await WaggleClient.ConnectAsync(new() { Url = options.Url, ClientName = $"waggle-demo/{options.Name}" }, parent);
            var role = Create(options, client);
            var agent = new WaggleWorkerOptions { Url = options.Url, AgentName = options.Name, Swarm = options.Swarm, Slots = options.Slots };
            agent.Capabilities[role.Capability] = 1;
            if (options.Role == AnalystRole) LetVote(agent, client);
            await using var worker = await WaggleWorker.StartAsync(agent, role.HandleAsync, parent);
            await worker.Completion.WaitAsync(parent);
            return 0;
        }
        catch (OperationCanceledException) when (parent.IsCancellationRequested)
        {
            return 0;
        }
        catch (WaggleException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static void LetVote(WaggleWorkerOptions agent, WaggleClient client)
    {
        var number = int.Parse(agent.AgentName!.Split('-')[^1], CultureInfo.InvariantCulture);
        agent.OnVote = new HotSpotVoter(client, number, TimeProvider.System).VoteAsync;
        agent.OnVoteFailed = static (proposal, e) => Console.Error.WriteLine($"no vote on {proposal}: {e.Message}");
    }

    private static IRole Create(DemoWorkerOptions options, WaggleClient client) => options.Role switch
    {
        ScoutRole => new Scout(client, options.Directory),
        AnalystRole => new Analyst(options.Directory),
        ReporterRole => new Reporter(client, options.Directory, options.Out, TimeProvider.System),
        _ => throw new ArgumentException($"There is no role '{options.Role}'.", nameof(options)),
    };
}
