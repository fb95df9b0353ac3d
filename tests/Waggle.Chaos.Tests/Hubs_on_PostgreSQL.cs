using Waggle.Client;
using Waggle.Protocol.Model;
using Waggle.TestKit;
using Waggle.TestKit.Postgres;

namespace Waggle.Chaos.Tests;

/// <summary>Whole hubs, as processes, that share a database.</summary>
public sealed class Hubs_on_PostgreSQL : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("waggle-hubs-").FullName;
    private readonly Random _dice = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_of_them_serves_and_another_continues_when_it_is_killed()
    {
        await using var server = await PostgresServer.StartAsync();
        var (first, second) = (Actor.FreePort(_dice), Actor.FreePort(_dice));
        await using var owner = await StartAsync(server, "a", first);
        var created = await CreateAsync(first);

        await using var refused = await StartAsync(server, "b", second);
        Assert.True(refused.HasExited);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"is in use by process {owner.Id} on {Environment.MachineName}", refused.Errors, StringComparison.Ordinal);

        await owner.KillAsync();
        await using var next = await StartAsync(server, "b", second);
        Assert.False(next.HasExited, next.Errors);
        await using var client = await ConnectAsync(second);
        Assert.Equal(TaskState.Pending, (await client.ShowTaskAsync(created)).State);
        Assert.NotEqual(created, await CreateAsync(second));
        if (OperatingSystem.IsLinux()) Assert.Contains("/Npgsql.dll", Loaded(next), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_on_SQLite_never_loads_the_library_of_PostgreSQL()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loaded files are read from /proc.");
        var port = Actor.FreePort(_dice);
        await using var hub = await Actor.HubAsync(Path.Combine(_folder, "data"), port);
        await CreateAsync(port);
        Assert.DoesNotContain("/Npgsql.dll", Loaded(hub), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_or_is_not_named_ends_the_start_with_the_reason()
    {
        await using var astray = await Actor.HubAsync(_folder, 0, "--store", "postgres", "--postgres", "postgres://bee:honey@127.0.0.1:1/hive");
        Assert.Equal(2, astray.ExitCode);
        Assert.Contains("the database 'hive' of 127.0.0.1:1 cannot be reached", astray.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("honey", astray.Errors, StringComparison.Ordinal);

        await using var nameless = await Actor.HubAsync(_folder, 0, "--store", "postgres");
        Assert.Equal(2, nameless.ExitCode);
        Assert.Contains("set WAGGLE_POSTGRES", nameless.Errors, StringComparison.Ordinal);
    }

    private static string Loaded(Actor hub) => File.ReadAllText($"/proc/{hub.Id}/maps");

    private static Task<WaggleClient> ConnectAsync(int port) => WaggleClient.ConnectAsync(new WaggleClientOptions
    {
        Url = new Uri($"http://127.0.0.1:{port}"),
        ConnectTimeout = Eventually.Patience,
        AttemptTimeout = Eventually.Patience,
    });

    private Task<Actor> StartAsync(PostgresServer server, string name, int port) =>
        Actor.HubAsync(Path.Combine(_folder, name), port, "--store", "postgres", "--postgres", server.Connection);

    private static async Task<string> CreateAsync(int port)
    {
        await using var client = await ConnectAsync(port);
        return (await client.CreateTaskAsync(new TaskSpec { Title = "a task" })).Id;
    }
}
