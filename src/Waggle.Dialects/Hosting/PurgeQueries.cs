using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Purges;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>Converts messages about purges to queries.</summary>
internal static class PurgeQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        PurgeCount m => await hive.QueryAsync(new CountPurge(m.Purge) { By = by }, CancellationToken.None),
        PurgeList m => await hive.QueryAsync(new ListPurges(m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about purges."),
    };
}
