using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Memory;
using Waggle.Core.Search;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>Converts messages about memory to queries.</summary>
internal static class MemoryQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        MemoryGet m => await hive.QueryAsync(new GetMemory(m.Namespace, m.Key, m.Swarm) { By = by }, CancellationToken.None),
        MemoryList m => await hive.QueryAsync(
            new ListMemory(m.Namespace, m.Prefix, m.Swarm, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        MemoryNamespaces m => await hive.QueryAsync(
            new ListMemoryNamespaces(m.Swarm, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        MemorySearch m => await hive.QueryAsync(Of(m, by), CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about memory."),
    };

    private static SearchMemory Of(MemorySearch m, Principal by) => new(m.Query)
    {
        By = by,
        Vector = m.Vector,
        Namespace = m.Namespace,
        Swarm = m.Swarm,
        Prefix = m.Prefix,
        Limit = m.Limit ?? SearchMemory.StandardLimit,
        Threshold = m.Threshold,
        Mode = m.Mode,
    };
}
