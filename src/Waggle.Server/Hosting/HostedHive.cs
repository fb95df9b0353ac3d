using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Protocol;

namespace Waggle.Server.Hosting;

/// <summary>The hub in the container. Other services may request it before the hub exists and use it once the host has started.</summary>
internal sealed class HostedHub(HubService service, IHive hive) : IHub
{
    public IHive Hive => hive;

    public HubCounts Count() => service.Hub.Count();
}

/// <summary>The hive in the container. Other services may request it before the hive exists and use it once the host has started.</summary>
internal sealed class HostedHive(HubService service) : IHive
{
    public HiveOptions Options => service.Options.Hive;

    public Position Head => Hive.Head;

    public StoreHealth Store => Hive.Store;

    public Task Completion => Hive.Completion;

    public RefusalLog Refusals => Hive.Refusals;

    public RevokedTokens Revoked => Hive.Revoked;

    private Hive Hive => service.Hub.Hive;

    public ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel) => Hive.SubmitAsync(command, sink, tag, cancel);

    public Task<Outcome<T>> AskAsync<T>(Command<T> command, CancellationToken cancel) => Hive.AskAsync(command, cancel);

    public Task<Outcome<T>> QueryAsync<T>(Query<T> query, CancellationToken cancel) => Hive.QueryAsync(query, cancel);

    public Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel) => Hive.ReadAsync(after, maxRows, cancel);
}
