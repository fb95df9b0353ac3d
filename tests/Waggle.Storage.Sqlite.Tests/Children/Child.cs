using System.Globalization;
using Waggle.Core.Ports;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Children;

/// <summary>
/// The work of this program when a test starts it as another process: <c>child hold FOLDER</c>, <c>child commit FOLDER</c> or <c>child sample FOLDER</c>.
/// </summary>
internal static class Child
{
    public const string Verb = "child";

    public static async Task<int> RunAsync(string[] args)
    {
        if (args[0] == "sample")
        {
            await Samples.SampleHive.MakeAsync(args[1]);
            return 0;
        }

        try
        {
            await using var store = SqliteStore.Open(Stores.Options(args[1]), [Stores.TaskKind], new FakeTime());
            var tenure = await store.AcquireAsync();
            Console.WriteLine("open");
            if (args[0] == "commit")
                await CommitAsync(store, tenure);
            await Console.In.ReadLineAsync();
            return 0;
        }
        catch (StoreException e)
        {
            Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            return 3;
        }
    }

    /// <summary>Commits until it is killed, and prints each acknowledged head.</summary>
    private static async Task CommitAsync(SqliteStore store, Tenure tenure)
    {
        for (; ; )
        {
            var entities = Enumerable.Range(1, 20).Select(i => Stores.Entity($"t{tenure.Head + i}", tenure.Head + i, bytes: 300)).ToList();
            var body = System.Text.Encoding.UTF8.GetBytes($"{tenure.Head + 1}..");
            tenure = await store.CommitAsync(tenure, new CommitBatch(entities, tenure.Head + 20, body, DateTimeOffset.UnixEpoch), default);
            Console.WriteLine(tenure.Head.ToString(CultureInfo.InvariantCulture));
        }
    }
}
