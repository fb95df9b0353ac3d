using Waggle.Core.Agents;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Tests.Support;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Tests.Hosting;

public sealed class AgentAttachmentTests
{
    private static ActForIntent Act(string id) => new("1", new AgentHello { Id = id, Secret = AgentSecret.OfUser("ann"), Slots = 0 }, null);

    [Fact]
    public async Task The_session_acts_for_the_agent_and_its_heartbeat_is_applied()
    {
        await using var rig = await HostingRig.StartAsync();
        Assert.True(await RunAsync(rig, Act("a1")));
        Assert.Equal(("a1", "a1", "ann"), (rig.Credential.Agent, rig.Connection.Agent, rig.Credential.Principal.User));
        Assert.Equal(1, rig.Session.Heartbeats);
    }

    [Fact]
    public async Task A_refused_client_gets_its_answer_and_stays_connected()
    {
        await using var rig = await HostingRig.StartAsync();
        Assert.False(await RunAsync(rig, Act("a.b")));
        Assert.StartsWith("1 ", await rig.NextAsync(), StringComparison.Ordinal);
        Assert.Null(rig.Credential.Agent);
        Assert.Empty(rig.Session.Closes);
    }

    private static async Task<bool> RunAsync(HostingRig rig, ActForIntent intent) =>
        await new AgentAttachment(rig.Host, rig.Dialect, rig.Responder, rig.Credential, rig.Session).RunAsync(intent);
}
