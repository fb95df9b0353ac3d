using Waggle.Core;
using Waggle.Core.Bulk;
using Waggle.Core.Kernel;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>Converts messages about bulks to queries.</summary>
internal static class BulkQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        BulkCount m => await hive.QueryAsync(new CountBulk(m.Bulk) { By = by }, CancellationToken.None),
        BulkList m => await hive.QueryAsync(new ListBulks(m.State, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about bulks."),
    };
}
