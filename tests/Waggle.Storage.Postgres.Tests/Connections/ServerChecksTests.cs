using System.Diagnostics;
using Waggle.Core.Ports;
using Waggle.Storage.Postgres.Connections;
using Waggle.TestKit;
using Waggle.TestKit.Postgres;

namespace Waggle.Storage.Postgres.Tests.Connections;

/// <summary>What is wrong with a server is said when the store opens, with the remedy.</summary>
public sealed class ServerChecksTests(Server server)
{
    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var problem = await FailAsync("Host=127.0.0.1;Port=1;Username=waggle;Database=hub");
        Assert.Contains("the database 'hub' of 127.0.0.1:1 cannot be reached", problem, StringComparison.Ordinal);
        Assert.Contains("Check that the server runs", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_not_shown()
    {
        var own = await server.GetAsync();
        await own.SqlAsync("DO $$ BEGIN CREATE ROLE locked LOGIN PASSWORD 'right'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        await own.AdmitAsync("host all locked 127.0.0.1/32 scram-sha-256");
        var problem = await FailAsync(ConnectionOf(own, "locked") + ";Password=wrong-secret");
        Assert.Contains("The password of 'locked' is wrong or missing", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_without_the_right_to_create_is_told_which_right_it_lacks()
    {
        var own = await server.GetAsync();
        await own.SqlAsync("CREATE ROLE guest LOGIN");
        var problem = await FailAsync(ConnectionOf(own, "guest"), "of_a_guest");
        Assert.Contains("The role 'guest' lacks a right", problem, StringComparison.Ordinal);
        Assert.Contains("GRANT CREATE ON DATABASE", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_only_read_and_write_opens_a_schema_that_is_complete()
    {
        var (own, options) = (await server.GetAsync(), await server.OptionsAsync());
        await (await Server.OpenAsync(options)).DisposeAsync();
        await own.SqlAsync($"CREATE ROLE writer LOGIN; GRANT USAGE ON SCHEMA {options.Schema} TO writer");
        await own.SqlAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {options.Schema} TO writer");
        await using var store = await Server.OpenAsync(options with { Connection = ConnectionOf(own, "writer") });
        Assert.Equal(1, (await store.AcquireAsync("h", DateTimeOffset.UnixEpoch, default)).Epoch);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_to_be_created()
    {
        var own = await server.GetAsync();
        var problem = await FailAsync(own.Connection.Replace("Database=waggle", "Database=absent"));
        Assert.Contains("CREATE DATABASE … OWNER \"waggle\"", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_acknowledges_before_it_is_durable_is_refused()
    {
        var own = await server.GetAsync();
        await own.SqlAsync("CREATE ROLE careless LOGIN; ALTER ROLE careless SET synchronous_commit = off");
        Assert.Contains("acknowledges commits before they are durable", await FailAsync(ConnectionOf(own, "careless")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_another_program_or_of_a_later_version_is_left_alone()
    {
        var (own, options) = (await server.GetAsync(), await server.OptionsAsync());
        await own.SqlAsync("CREATE SCHEMA strange; CREATE TABLE strange.hive(bees int)");
        Assert.Contains("is of another program", await FailAsync(own.Connection, "strange"), StringComparison.Ordinal);

        await (await Server.OpenAsync(options)).DisposeAsync();
        await own.SqlAsync($"UPDATE {options.Schema}.meta SET version = 1000");
        Assert.Contains("written by a newer Waggle (its version is 1000", await FailAsync(own.Connection, options.Schema), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("13.9", false)]
    [InlineData("14.0", true)]
    [InlineData("18.1", true)]
    public void A_version_that_does_not_end_idle_sessions_is_refused(string version, bool good) =>
        Assert.Equal(good, ServerChecks.VersionProblem(Version.Parse(version), "database") is null);

    [Theory]
    [InlineData("transaction", true)]
    [InlineData("session", false)]
    public async Task A_pool_is_refused_where_it_gives_each_transaction_another_session(string mode, bool refused)
    {
        Require.Tool("pgbouncer", "--version");
        var own = await server.GetAsync();
        await using var pool = await Pool.StartAsync(own, mode);
        var options = await server.OptionsAsync() with { Connection = own.Connection.Replace($"Port={own.Port}", $"Port={pool.Port}") };
        if (!refused)
        {
            await using var store = await Server.OpenAsync(options);
            Assert.Equal(1, (await store.AcquireAsync("h", DateTimeOffset.UnixEpoch, default)).Epoch);
            return;
        }

        var problem = await Assert.ThrowsAsync<StoreException>(() => Server.OpenAsync(options));
        Assert.Contains("PgBouncer with pool_mode=transaction", problem.Message, StringComparison.Ordinal);
    }

    private static string ConnectionOf(PostgresServer own, string user) => own.Connection.Replace($"Username={PostgresServer.User}", $"Username={user}");

    private static async Task<string> FailAsync(string connection, string schema = "waggle") =>
        (await Assert.ThrowsAnyAsync<StoreException>(() => Server.OpenAsync(new() { Connection = connection, Schema = schema }))).Message;

    /// <summary>A PgBouncer before the server.</summary>
    private sealed class Pool : IAsyncDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("waggle-pool-");
        private Process _process = null!;

        public int Port { get; private set; }

        public static async Task<Pool> StartAsync(PostgresServer server, string mode)
        {
            var pool = new Pool { Port = PostgresServer.FreePort() };
            var file = Path.Combine(pool._folder.FullName, "pgbouncer.ini");
            await File.WriteAllTextAsync(
                file,
                $"""
                [databases]
                * = host=127.0.0.1 port={server.Port}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {pool.Port}
                auth_type = trust
                auth_file = {Path.Combine(pool._folder.FullName, "users")}
                pool_mode = {mode}
                unix_socket_dir =
                ignore_startup_parameters = extra_float_digits

                """);
            await File.WriteAllTextAsync(Path.Combine(pool._folder.FullName, "users"), $"\"{PostgresServer.User}\" \"\"\n");
            var (program, arguments) = PostgresServer.AsPostgres("pgbouncer", [file]);
            if (Environment.IsPrivilegedProcess) await PostgresServer.RunAsync("chown", "-R", "postgres:", pool._folder.FullName);
            pool._process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            pool._process.BeginErrorReadLine();
            pool._process.BeginOutputReadLine();
            await Eventually.Async(() => PostgresServer.Listens(pool.Port), "PgBouncer listens");
            return pool;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _folder.Delete(recursive: true);
        }
    }
}
