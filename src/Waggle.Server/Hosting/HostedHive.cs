using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Hosting;

/// <summary>The hub as others get it from the container, likewise.</summary>
internal sealed class HostedHub(HubService service, IHive hive) : IHub
{
    public IHive Hive => hive;

    public HubCounts Count() => service.Hub.Count();
}

/// <summary>The hive as others get it from the container: they may ask for it before it is there, and use it once the host has started.</summary>
internal sealed class HostedHive(HubService service) : IHive
{
    public HiveOptions Options => service.Options.Hive;

    public Position Head => Hive.Head;

    public StoreHealth Store => Hive.Store;

    public Task Completion => Hive.Completion;

    private Hive Hive => service.Hub.Hive;

    public ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel) => Hive.SubmitAsync(command, sink, tag, cancel);

    public Task<Outcome> AskAsync(Command command, CancellationToken cancel) => Hive.AskAsync(command, cancel);

    public Task<Outcome> ListTasksAsync(Principal by, TaskList request, CancellationToken cancel) => Hive.ListTasksAsync(by, request, cancel);

    public Task<Outcome> CountTasksAsync(Principal by, TaskList request, CancellationToken cancel) => Hive.CountTasksAsync(by, request, cancel);

    public Task<Outcome> ShowTaskAsync(Principal by, string task, CancellationToken cancel) => Hive.ShowTaskAsync(by, task, cancel);

    public Task<Outcome> ListConversationsAsync(Principal by, string? swarm, string? cursor, int limit, CancellationToken cancel) =>
        Hive.ListConversationsAsync(by, swarm, cursor, limit, cancel);

    public Task<Outcome> ListMessagesAsync(Principal by, string conversation, string? cursor, int limit, bool ascending, CancellationToken cancel) =>
        Hive.ListMessagesAsync(by, conversation, cursor, limit, ascending, cancel);

    public Task<Outcome> ListUnseenAsync(Principal by, string? cursor, int limit, CancellationToken cancel) => Hive.ListUnseenAsync(by, cursor, limit, cancel);

    public Task<Outcome> ListAlertsAsync(Principal by, AlertList request, CancellationToken cancel) => Hive.ListAlertsAsync(by, request, cancel);

    public Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel) => Hive.ReadAsync(after, maxRows, cancel);
}
