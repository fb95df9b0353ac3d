using System.Text.Json.Nodes;
using Waggle.Server.Auth;
using Waggle.Storage.Sqlite;

namespace Waggle.Server.Tests.Spec;

/// <summary>Every scenario of spec/waggle.v1.md against a real hub, frame by frame in the order of the page.</summary>
public sealed class The_specification_is_played
{
    public static TheoryData<string> Scenarios => [.. SpecPage.Protocol.Scenarios.Select(s => s.Key)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario(string name)
    {
        // Where tokens play a part the hub asks for them; everywhere else it runs in development mode.
        var tokens = name == "tokens";
        var folder = Directory.CreateTempSubdirectory("waggle-spec-").FullName;
        try
        {
            await using var server = await WaggleServer.StartAsync(new WaggleServerOptions
            {
                Port = 0,
                DataFolder = folder,
                Insight = new() { Interval = TimeSpan.Zero },
                Auth = new AuthOptions { Tokens = tokens },
                Sqlite = new SqliteStoreOptions { Folder = folder, Synchronous = SqliteSynchronous.Normal, ReserveBytes = 64 * 1024 },
            });
            await new Play(server, tokens ? new TokenMint(folder, create: true) : null).RunAsync(SpecPage.Protocol.Scenarios.Single(s => s.Key == name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Play
    {
        private readonly WaggleServer _server;
        private readonly Captures _captures = new();
        private readonly Dictionary<string, SpecClient> _clients = new(StringComparer.Ordinal);
        private Task _stop = Task.CompletedTask;

        public Play(WaggleServer server, TokenMint? mint)
        {
            _server = server;
            if (mint is null) return;
            var now = TimeProvider.System.GetUtcNow();
            foreach (var (token, life) in new[] { ("<jwt1>", TimeSpan.FromHours(1)), ("<jwt2>", TimeSpan.FromHours(2)) })
                _captures.Bind(token, mint.Create(new TokenRequest("ann") { Roles = ["observer"], ExpiresIn = life }, now));
        }

        public async Task RunAsync(IEnumerable<SpecBlock> blocks)
        {
            try
            {
                foreach (var block in blocks)
                {
                    try
                    {
                        await DoAsync(block);
                    }
                    catch (Exception e) when (e is InvalidOperationException or TimeoutException)
                    {
                        Assert.Fail($"{block}: {e.Message}");
                    }
                }

                foreach (var (name, client) in _clients) await NothingElseCameAsync(name, client);
                await _stop;
            }
            finally
            {
                foreach (var client in _clients.Values) client.Dispose();
            }
        }

        private async Task DoAsync(SpecBlock block)
        {
            switch (block.Role)
            {
                case "client":
                    await (await ClientAsync(block.Connection)).SendAsync(_captures.Fill(block.Json)!.ToJsonString());
                    break;
                case "hub":
                    foreach (var expected in block.Messages) await ExpectAsync(block, expected);
                    break;
                case "closed":
                    Assert.Equal((int)block.Json["code"]!, await _clients[block.Connection].ClosedAsync());
                    break;
                case "operator" when (string?)block.Json["do"] == "stop":
                    _stop = _server.DisposeAsync().AsTask();
                    break;
                default:
                    throw new InvalidOperationException($"nobody plays '{block.Role}'");
            }
        }

        private async Task ExpectAsync(SpecBlock block, JsonNode expected)
        {
            var actual = await (await ClientAsync(block.Connection)).NextAsync((string)expected["type"]!);
            if (_captures.Difference(expected, actual) is { } difference) Assert.Fail($"{block}: {difference}\nThe hub said {actual.ToJsonString()}");
        }

        private async Task<SpecClient> ClientAsync(string name) =>
            _clients.TryGetValue(name, out var client) ? client : _clients[name] = await SpecClient.ConnectAsync(_server.Url);

        // The page may not leave out a message of the hub.
        private static async Task NothingElseCameAsync(string name, SpecClient client)
        {
            if (!client.IsOpen || !client.Greeted) return;
            await client.SendAsync("""{"type":"echo","id":"end","payload":"of the scenario"}""");
            var next = await client.NextAsync("reply");
            var more = (string?)next["id"] == "end" ? client.Unread() : next;
            if (more is not null) Assert.Fail($"At the end of the scenario, {name} got what is not on the page: {more.ToJsonString()}");
        }
    }
}
