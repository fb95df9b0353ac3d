using Waggle.Core;
using Waggle.Core.Hives;
using Waggle.Protocol;
using Waggle.Protocol.Messages;

namespace Waggle.Server.Hosting;

/// <summary>The hive as others get it from the container: they may ask for it before it is there, and use it once the host has started.</summary>
internal sealed class HostedHive(HubService service) : IHive
{
    public HiveOptions Options => service.Options.Hive;

    public Position Head => Hive.Head;

    public Task Completion => Hive.Completion;

    private Hive Hive => service.Hub.Hive;

    public ValueTask SubmitAsync(Command command, IOutcomeSink sink, object? tag, CancellationToken cancel) => Hive.SubmitAsync(command, sink, tag, cancel);

    public Task<Outcome> AskAsync(Command command, CancellationToken cancel) => Hive.AskAsync(command, cancel);

    public Task<Outcome> ListTasksAsync(Principal by, TaskList request, CancellationToken cancel) => Hive.ListTasksAsync(by, request, cancel);

    public Task<Outcome> ShowTaskAsync(Principal by, string task, CancellationToken cancel) => Hive.ShowTaskAsync(by, task, cancel);

    public Task<Outcome> ListAlertsAsync(Principal by, AlertList request, CancellationToken cancel) => Hive.ListAlertsAsync(by, request, cancel);

    public Task<History> ReadAsync(Position after, int maxRows, CancellationToken cancel) => Hive.ReadAsync(after, maxRows, cancel);
}
