using System.Runtime.CompilerServices;
using Waggle.SocketIO.Tests.Support;

namespace Waggle.SocketIO.Tests.Samples;

public sealed class The_README_runs
{
    [Fact]
    public async Task Its_code_is_compiled_here()
    {
        var folder = Path.GetDirectoryName(Here())!;
        var code = string.Join('\n', Directory.EnumerateFiles(folder, "*.cs").Select(f => Plain(File.ReadAllText(f))));
        var readme = await File.ReadAllTextAsync(Path.Combine(folder, "..", "..", "..", "src", "Waggle.SocketIO", "README.md"));
        var blocks = readme.Split("```csharp\n").Skip(1).Select(b => Plain(b[..b.IndexOf("```", StringComparison.Ordinal)])).ToArray();
        Assert.True(blocks.Length >= 5);
        Assert.All(blocks, block => Assert.Contains(block, code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_quick_start_is_a_chat()
    {
        await using var app = QuickStart.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync();
        var url = new Uri(app.Urls.First());
        await using var ann = await JoinAsync(url);
        await using var bob = await JoinAsync(url);
        await ann.SendAsync("42[\"chat message\",\"hi\"]");
        Assert.Equal("42[\"chat message\",\"hi\"]", await ann.ReadAsync());
        Assert.Equal("42[\"chat message\",\"hi\"]", await bob.ReadAsync());
    }

    [Fact]
    public async Task The_settings_for_many_clients_work()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.OnConnection(Recipes.Handlers), services: Tuned.Apply);
        await using var ann = await server.JoinAsync();
        await ann.SendAsync("421[\"add\",2,3]");
        Assert.Equal("431[5]", await ann.ReadAsync());
    }

    [Fact]
    public async Task The_handlers_work_as_described()
    {
        await using var server = await SioServer.StartAsync(setup: io => io.OnConnection(Recipes.Handlers));
        await using var ann = await server.JoinAsync();
        await using var bob = await server.JoinAsync();
        await ann.SendAsync("421[\"add\",2,3]");
        Assert.Equal("431[5]", await ann.ReadAsync());
        await ann.SendAsync("42[\"order\",{\"id\":7}]");
        Assert.Equal("42[\"ordered\",7]", await ann.ReadAsync());
        await ann.SendAsync("422[\"relay\",{\"a\":1},2]");
        Assert.Equal("432[2]", await ann.ReadAsync());
        Assert.Equal("42[\"relayed\",{\"a\":1}]", await bob.ReadAsync());
        await ann.SendAsync("423[\"rename\",\"\"]");
        Assert.Equal("433[{\"error\":\"A name has at least one character.\"}]", await ann.ReadAsync());
    }

    [Fact]
    public async Task The_namespace_checks_its_clients_and_sends_to_its_rooms()
    {
        await using var server = await SioServer.StartAsync(setup: io =>
        {
            Recipes.Namespace(io);
            Recipes.Patterns(io);
        });
        await using var ann = await server.JoinAsync();
        await ann.SendAsync("40/orders,{\"token\":\"no\"}");
        Assert.Equal("44/orders,{\"message\":\"Who are you?\",\"data\":{\"code\":401}}", await ann.ReadAsync());
        await using var bob = await server.JoinAsync();
        foreach (var client in new[] { ann, bob })
        {
            await client.SendAsync("40/orders,{\"token\":\"ok\"}");
            Assert.StartsWith("40/orders,{", await client.ReadAsync(), StringComparison.Ordinal);
        }

        await ann.SendAsync("42/orders,[\"join\",\"x\"]");
        await Eventually.Async(() => server.Io.Of("/orders").In("x").FetchSockets().Count == 1);
        await bob.SendAsync("42/orders,[\"say\",\"x\",{\"hi\":1}]");
        Assert.Equal("42/orders,[\"said\",{\"hi\":1}]", await ann.ReadAsync());
        await ann.SendAsync("40/team-7,");
        await ann.ReadAsync();
        await ann.SendAsync("42/team-7,1[\"where\"]");
        Assert.Equal("43/team-7,1[\"/team-7\"]", await ann.ReadAsync());
    }

    [Fact]
    public async Task Events_arrive_and_are_acknowledged()
    {
        await using var server = await SioServer.StartAsync(o => o.ConnectionStateRecovery = null, io => io.OnConnection(s => s.Join("a")));
        await using var ann = await server.JoinAsync();
        var sending = Recipes.SendAsync(server.Io, server.Io.FetchSockets()[0], 12.5);
        Assert.Equal("42[\"news\",{\"title\":\"for all clients\"}]", await ann.ReadAsync());
        Assert.Equal("42[\"news\",1]", await ann.ReadAsync());
        Assert.Equal("42[\"price\",12.5]", await ann.ReadAsync());
        Assert.Equal("420[\"are you there?\"]", await ann.ReadAsync());
        await ann.SendAsync("430[\"yes\"]");
        Assert.Equal("421[\"ready?\"]", await ann.ReadAsync());
        await ann.SendAsync("431[]");
        await sending.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task A_new_socket_joins_the_lobby()
    {
        await using var server = await SioServer.StartAsync(setup: Recipes.Recovery);
        await using var ann = await server.JoinAsync();
        await Eventually.Async(() => server.Io.In("lobby").FetchSockets().Count == 1);
    }

    private static async Task<RawSocket> JoinAsync(Uri url)
    {
        var client = await RawSocket.OpenAsync(url, "/socket.io/?EIO=4&transport=websocket");
        await client.ReadAsync();
        await client.SendAsync("40");
        await client.ReadAsync();
        return client;
    }

    private static string Plain(string code) => string.Join('\n', code.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));

    private static string Here([CallerFilePath] string path = "") => path;
}
