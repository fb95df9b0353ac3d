using System.CommandLine;
using System.CommandLine.Completions;
using Waggle.Client;
using Waggle.Protocol.Model;

namespace Waggle.Shared;

/// <summary>Completes ids in the shell: asks the hub for a few seconds at most, and prints no error if it is not reachable.</summary>
internal static class HubIds
{
    private const int Most = 100;

    private static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(3);

    public static Argument<string> OfTask() => Id("The task's id.", "Run 'waggle task list' to see the tasks.", TasksAsync);

    public static Argument<string> OfAgent(string name = "id") => Id("The agent's id.", "Run 'waggle agent list' to see the agents.", AgentsAsync, name);

    public static Argument<string> OfAlert() => Id("The alert's id.", "Run 'waggle alerts' to see the open alerts.", AlertsAsync);

    public static Argument<string> OfSwarm() => Id("The swarm's id.", "Run 'waggle swarm list' to see the swarms.", SwarmsAsync);

    public static Option<string?> AgentOption(string name, string description) =>
        WithIds(new Option<string?>(name) { Description = description, HelpName = "agent" }, AgentsAsync);

    public static Option<string?> SwarmOption(string name, string description) =>
        WithIds(new Option<string?>(name) { Description = description, HelpName = "swarm" }, SwarmsAsync);

    public static Argument<T> CompleteTasks<T>(Argument<T> argument)
    {
        argument.CompletionSources.Add(context => Ask(context, TasksAsync));
        return argument;
    }

    private static Argument<string> Id(
        string description, string advice, Func<WaggleClient, CancellationToken, Task<IEnumerable<string>>> read, string name = "id")
    {
        var argument = new HubIdArgument(name, advice) { Description = description };
        argument.CompletionSources.Add(context => Ask(context, read));
        return argument;
    }

    private static Option<string?> WithIds(Option<string?> option, Func<WaggleClient, CancellationToken, Task<IEnumerable<string>>> read)
    {
        option.CompletionSources.Add(context => Ask(context, read));
        return option;
    }

    private static async Task<IEnumerable<string>> TasksAsync(WaggleClient client, CancellationToken cancel)
    {
        var ids = new List<string>();
        await foreach (var task in client.ListTasksAsync(new TaskFilter { PageSize = Most }, cancel))
        {
            ids.Add(task.Id);
            if (ids.Count == Most) break;
        }

        return ids;
    }

    private static async Task<IEnumerable<string>> AgentsAsync(WaggleClient client, CancellationToken cancel) =>
        (await client.ListAgentsAsync(null, cancel)).Select(a => a.Id);

    private static async Task<IEnumerable<string>> AlertsAsync(WaggleClient client, CancellationToken cancel) =>
        (await client.ListAlertsAsync([AlertState.Firing], Most, cancel)).Select(a => a.Id);

    private static async Task<IEnumerable<string>> SwarmsAsync(WaggleClient client, CancellationToken cancel) =>
        (await client.ListSwarmsAsync(cancel)).Select(s => s.Id);

    private static IEnumerable<string> Ask(CompletionContext context, Func<WaggleClient, CancellationToken, Task<IEnumerable<string>>> read)
    {
        if (HubOptions.Of(context.ParseResult) is not { } options) return [];
        try
        {
#pragma warning disable VSTHRD002 // A completion is asked for synchronously, by a process that does nothing else and has no context to block.
            return Task.Run(() => ReadAsync(options.Address, context.ParseResult, read)).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (Exception e) when (e is WaggleException or OperationCanceledException or CliException or InvalidOperationException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<string>> ReadAsync(
        HubAddress address, ParseResult parse, Func<WaggleClient, CancellationToken, Task<IEnumerable<string>>> read)
    {
        using var enough = new CancellationTokenSource(ConnectTimeout.Value ?? RetryWindow);
        var options = new WaggleClientOptions
        {
            Url = address.UrlOf(parse),
            Token = address.TokenOf(parse),
            ClientName = HubCall.ClientName,
            // One attempt only, because the user waits for the completion.
            OnDisconnected = _ => enough.Cancel(),
        };
        await using var client = await WaggleClient.ConnectAsync(options, enough.Token);
        return await read(client, enough.Token);
    }
}
