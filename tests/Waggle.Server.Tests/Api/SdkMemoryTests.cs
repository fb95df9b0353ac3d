using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Server.Tests.Auth;

namespace Waggle.Server.Tests.Api;

/// <summary>Memory through the SDK and a real hub with tokens.</summary>
public sealed class SdkMemoryTests
{
    [Fact]
    public async Task A_value_is_put_read_listed_and_deleted()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        var options = new MemoryPutOptions { Ttl = TimeSpan.FromHours(1), Metadata = new Dictionary<string, string> { ["source"] = "sdk" } };
        var put = await client.Memory.PutAsync("notes", "plan", RawJson.Parse("""{"step":1}"""), options);
        var read = await client.Memory.GetAsync("notes", "plan");

        Assert.True(put.Created);
        Assert.Equal((put.Version, """{"step":1}""", "sdk"), (read!.Version, read.Value.ToString(), read.Metadata!["source"]));
        Assert.Equal(put.UpdatedAt.AddHours(1), read.ExpiresAt);
        Assert.Equal(["plan"], await client.Memory.ListAsync("notes", "pl").Select(e => e.Key).ToListAsync());
        Assert.Equal([("notes", 10L)], await client.Memory.ListNamespacesAsync().Select(n => (n.Namespace, n.Bytes)).ToListAsync());
        Assert.True(await client.Memory.DeleteAsync("notes", "plan", ifVersion: put.Version));
        Assert.False(await client.Memory.DeleteAsync("notes", "plan"));
        Assert.Null(await client.Memory.GetAsync("notes", "plan"));
    }

    [Fact]
    public async Task Of_many_writers_that_name_one_version_exactly_one_wins()
    {
        await using var hub = await AuthHub.StartAsync();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = hub.Admin });
        var version = (await client.Memory.PutAsync("notes", "count", RawJson.Parse("0"))).Version;
        var tries = await Task.WhenAll(Enumerable.Range(1, 20).Select(async i =>
        {
            try
            {
                return (MemoryEntryView?)await client.Memory.PutAsync("notes", "count", RawJson.Parse($"{i}"), new MemoryPutOptions { IfVersion = version });
            }
            catch (WaggleException e) when (e.Code == "VERSION_CONFLICT")
            {
                return null;
            }
        }));

        var winner = Assert.Single(tries.OfType<MemoryEntryView>());
        Assert.Equal(winner.Version, (await client.Memory.GetAsync("notes", "count"))!.Version);
    }

    [Fact]
    public async Task A_token_that_is_limited_to_namespaces_reaches_no_other()
    {
        await using var hub = await AuthHub.StartAsync();
        var token = hub.MemoryToken("ann", "notes");
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = hub.Server.Url, Token = token });

        await client.Memory.PutAsync("notes", "plan", RawJson.Parse("1"));
        var refused = await Assert.ThrowsAsync<WaggleException>(() => client.Memory.PutAsync("plans", "plan", RawJson.Parse("1")));
        Assert.Equal("FORBIDDEN", refused.Code);
        Assert.Contains("limited to notes", refused.Message, StringComparison.Ordinal);
        var large = await Assert.ThrowsAsync<WaggleException>(() => client.Memory.PutAsync("notes", "large", RawJson.Parse($"\"{new string('x', 1_100_000)}\"")));
        Assert.Equal("TOO_LARGE", large.Code);
    }
}
