using Waggle.Core.Access;
using Waggle.Core.Tasks;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class HelloExchangeTests
{
    private static readonly HelloIntent Plain = new("1", "a test", Batch: true, Agent: null);

    private static HelloIntent Worker(string? id = "a1", string secret = "sixteen letters or more", string? token = null) =>
        new("1", "a worker", Batch: false, new AgentHello { Id = id, Secret = secret, Slots = 1 }, token);

    [Fact]
    public async Task A_client_without_an_agent_is_welcomed()
    {
        await using var rig = await HostingRig.StartAsync();
        Assert.True(await RunAsync(rig, Plain));
        Assert.Equal("welcome - c-1", await rig.NextAsync());
        Assert.True(rig.Dialect.IsGreeted);
        Assert.True(rig.Connection.Batch);
        Assert.Equal("a test", rig.Dialect.Client);
        Assert.Null(rig.Credential.Agent);
    }

    [Fact]
    public async Task A_worker_receives_its_welcome_before_its_first_task()
    {
        await using var rig = await HostingRig.StartAsync();
        await rig.DoAsync(new CreateTasks([new TaskSpec { Title = "a" }]) { By = HostingRig.Ann });
        Assert.True(await RunAsync(rig, Worker()));
        Assert.Equal("welcome a1 c-1", await rig.NextAsync());
        Assert.StartsWith("assign ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("a1", rig.Credential.Agent);
        Assert.Equal("a1", rig.Connection.Agent);
        Assert.Equal("ann", rig.Credential.Principal.User);
    }

    [Fact]
    public async Task An_agent_without_an_id_is_given_one_or_that_of_its_token()
    {
        await using var rig = await HostingRig.StartAsync(required: true);
        rig.Tokens["any"] = new Credential(HostingRig.Ann);
        rig.Tokens["only"] = new Credential(HostingRig.Ann with { OnlyAgent = "a7" });
        Assert.True(await RunAsync(rig, Worker(id: null, token: "any")));
        Assert.StartsWith("welcome agent-", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.True(await RunAsync(rig, Worker(id: null, token: "only")));
        Assert.Equal("welcome a7 c-1", await rig.NextAsync());
    }

    [Fact]
    public async Task A_client_with_an_invalid_token_receives_the_error_and_is_closed()
    {
        await using var rig = await HostingRig.StartAsync(required: true);
        Assert.False(await RunAsync(rig, Plain with { Token = "wrong" }));
        Assert.Equal("1 UNAUTHENTICATED: The token is not valid.", await rig.NextAsync());
        Assert.Equal((CloseCodes.HelloRefused, "The token is not valid."), Assert.Single(rig.Session.Closes));
    }

    [Fact]
    public async Task A_worker_that_the_hive_refuses_receives_the_error_and_is_closed()
    {
        await using var rig = await HostingRig.StartAsync();
        Assert.True(await RunAsync(rig, Worker()));
        await rig.NextAsync();
        Assert.False(await RunAsync(rig, Worker(secret: "another secret of some length")));
        Assert.StartsWith("1 ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Equal(CloseCodes.HelloRefused, Assert.Single(rig.Session.Closes).Code);
    }

    private static Task<bool> RunAsync(HostingRig rig, HelloIntent hello)
    {
        var exchange = new HelloExchange(rig.Host, rig.Connection, rig.Dialect, rig.Responder, rig.Credential, rig.Session, HostingRig.Address);
        return Eventually.Get(exchange.RunAsync(hello).AsTask(), "the end of the exchange");
    }
}
