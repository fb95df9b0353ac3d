using System.Text;
using System.Text.Unicode;
using Waggle.Core.Ports;
using Waggle.Storage.Sqlite.Backups;

namespace Waggle.Storage.Sqlite.Tests.Backups;

public class DamageTests
{
    [Fact]
    public async Task What_is_whole_is_said_to_be_whole()
    {
        using var folder = new TempFolder();
        await FillAsync(folder);
        var report = SqliteDamage.Find(folder.Database, [Stores.TaskKind], FaultOf);
        Assert.Empty(report.Pages);
        Assert.Empty(report.Entities);
    }

    [Fact]
    public async Task An_entity_with_garbage_inside_is_named_with_what_is_left_of_it()
    {
        using var folder = new TempFolder();
        await FillAsync(folder);
        var bytes = File.ReadAllBytes(folder.Database);
        var at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("body of t7"));
        bytes[at + 2] = 0xff;
        File.WriteAllBytes(folder.Database, bytes);

        var report = SqliteDamage.Find(folder.Database, [Stores.TaskKind], FaultOf);
        Assert.Empty(report.Pages);
        var damaged = Assert.Single(report.Entities);
        Assert.Equal(("h", "task", "t7", 7, true, "not UTF-8"), (damaged.Hive, damaged.Kind, damaged.Id, damaged.Seq, damaged.Open, damaged.Fault));
        Assert.Equal("pending", damaged.Columns["state"]);
        Assert.Equal("bo\uFFFDy of t7", damaged.Body);
        Assert.Equal([7], damaged.Offsets);
    }

    [Fact]
    public async Task A_page_of_garbage_is_named_and_the_file_is_left_as_it_is()
    {
        using var folder = new TempFolder();
        await FillAsync(folder, bytes: 3000);
        using (var file = File.OpenWrite(folder.Database))
        {
            file.Position = file.Length - (8 * 4096);
            file.Write([.. Enumerable.Repeat((byte)0xee, 4096)]);
        }

        var before = File.ReadAllBytes(folder.Database);
        var report = SqliteDamage.Find(folder.Database, [Stores.TaskKind], FaultOf);
        Assert.NotEmpty(report.Pages);
        Assert.Equal(before, File.ReadAllBytes(folder.Database));
    }

    private static string? FaultOf(StoredEntity entity) => Utf8.IsValid(entity.Body.Span) ? null : "not UTF-8";

    private static async Task FillAsync(TempFolder folder, int bytes = 0)
    {
        await using var store = Stores.Open(folder);
        var tenure = await store.AcquireAsync();
        for (var seq = 1; seq <= 20; seq++)
        {
            var entity = Stores.Entity($"t{seq}", seq) with { Body = Encoding.UTF8.GetBytes($"body of t{seq}" + new string('x', bytes)) };
            tenure = await store.CommitAsync(tenure, new CommitBatch([entity], seq, Encoding.UTF8.GetBytes($"[\"t{seq}\"]"), DateTimeOffset.UnixEpoch), default);
        }
    }
}
