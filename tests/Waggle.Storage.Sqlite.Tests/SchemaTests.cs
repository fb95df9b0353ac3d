using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Tests;

public class SchemaTests
{
    [Fact]
    public async Task A_database_of_a_newer_version_is_told_and_left_alone()
    {
        using var folder = new TempFolder();
        await Stores.Open(folder).DisposeAsync();
        Change(folder, $"PRAGMA user_version = {Migrations.All.Count + 1}");
        var before = folder.Fingerprint();

        var error = Assert.Throws<StoreCorruptException>(() => Stores.Open(folder));
        Assert.Contains("written by a newer Waggle", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, folder.Fingerprint());
    }

    [Fact]
    public void Migrations_run_once_each_in_order_and_a_failed_one_leaves_the_version_before_it()
    {
        using var folder = new TempFolder();
        _ = SqliteStore.Library;
        using var connection = SqliteConnection.Open(folder.Database, readOnly: false, 0);
        string[] steps = ["CREATE TABLE a(x); INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1"];

        Migrations.Apply(connection, folder.Database, steps[..1]);
        Migrations.Apply(connection, folder.Database, steps);
        Migrations.Apply(connection, folder.Database, steps);
        Assert.Equal(2, connection.ScalarInt64("SELECT y FROM a"));

        Assert.Throws<StoreException>(() => Migrations.Apply(connection, folder.Database, [.. steps, "CREATE TABLE b(x); nonsense"]));
        Assert.Equal(2, connection.ScalarInt64("PRAGMA user_version"));
        Assert.Equal(0, connection.ScalarInt64("SELECT count(*) FROM sqlite_schema WHERE name = 'b'"));
    }

    [Fact]
    public async Task A_column_that_a_newer_feature_declares_is_null_in_what_was_stored_before()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());

        await using var next = Stores.Open(folder, new EntityKind("task", ["owner", "state"]));
        var tenure = await next.AcquireAsync();
        Assert.Equal([null, "pending"], Assert.Single(await next.GetAsync("t1")).Columns);

        await next.CommitAsync(tenure, new CommitBatch([Stores.Entity("t1", 1, columns: ["me", "running"])], tenure.Head, default, DateTimeOffset.UnixEpoch), default);
        Assert.Single((await next.QueryAsync("h", Where("owner", "me"), default)).Entities);
    }

    [Fact]
    public async Task A_column_that_was_undeclared_for_a_while_does_not_come_back_with_old_values()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());
        await using (var without = Stores.Open(folder, new EntityKind("task", [])))
            Assert.Empty(Assert.Single(await without.GetAsync("t1")).Columns);

        await using var again = Stores.Open(folder);
        Assert.Null(Assert.Single(await again.GetAsync("t1")).Columns[0]);
        Assert.Empty((await again.QueryAsync("h", Where("state", "pending"), default)).Entities);
    }

    [Fact]
    public async Task A_column_may_become_unique_and_plain_again_and_keeps_its_values()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());
        await using (var unique = Stores.Open(folder, new EntityKind("task", ["state"], ["state"])))
        {
            var tenure = await unique.AcquireAsync();
            Assert.Single((await unique.QueryAsync("h", Where("state", "pending"), default)).Entities);
            await Assert.ThrowsAsync<StoreException>(() => unique.MakeAsync(tenure));
        }

        await using var plain = Stores.Open(folder);
        await plain.MakeAsync(await plain.AcquireAsync());
        Assert.Equal(2, (await plain.QueryAsync("h", Where("state", "pending"), default)).Entities.Count);
    }

    [Fact]
    public async Task Kinds_that_are_not_declared_this_time_are_kept()
    {
        using var folder = new TempFolder();
        await using (var store = Stores.Open(folder))
            await store.MakeAsync(await store.AcquireAsync());
        await using (var other = Stores.Open(folder, new EntityKind("note", [])))
            Assert.Empty(await other.LoadAsync(await other.AcquireAsync()));

        await using var again = Stores.Open(folder);
        Assert.Single(await again.GetAsync("t1"));
    }

    [Theory]
    [InlineData("Task", "state")]
    [InlineData("task; DROP TABLE hive", "state")]
    [InlineData("task", "a\"b")]
    [InlineData("task", "")]
    public void Names_that_are_none_are_refused(string kind, string column)
    {
        using var folder = new TempFolder();
        Assert.Throws<ArgumentException>(() => Stores.Open(folder, new EntityKind(kind, [column])));
        Assert.Throws<ArgumentException>(() => Stores.Open(folder, new EntityKind("task", ["state"], ["other"])));
    }

    [Fact]
    public void The_library_in_use_is_told()
    {
        Assert.Matches(@"^3\.\d+\.\d+", SqliteStore.Library.Version);
        Assert.Equal(Environment.GetEnvironmentVariable(NativeSqlite.Variable) == "system" ? "libsqlite3.so.0" : "bundled", SqliteStore.Library.Source);
        Assert.All(Enumerable.Range(0, 8).AsParallel().Select(_ => SqliteStore.Library), library => Assert.Same(SqliteStore.Library, library));
    }

    private static EntityQuery Where(string column, string value) => new("task", new Dictionary<string, IReadOnlyList<string>> { [column] = [value] });

    private static void Change(TempFolder folder, string sql)
    {
        using var connection = SqliteConnection.Open(folder.Database, readOnly: false, 0);
        connection.Execute(sql);
    }
}
