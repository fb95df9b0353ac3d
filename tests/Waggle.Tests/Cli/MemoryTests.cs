namespace Waggle.Tests.Cli;

/// <summary><c>waggle memory …</c> against a hub in another process.</summary>
public sealed class MemoryTests(HubFixture hub)
{
    [Fact]
    public async Task A_value_is_put_read_listed_and_deleted()
    {
        var ns = Namespace();
        var put = await hub.RunAsync("memory", "put", ns, "plan:1", """{"step":1}""", "--metadata", "source=cli", "--ttl", "1h");
        Assert.Equal((0, ""), (put.ExitCode, put.Error));
        Assert.Matches("(?m)^bytes: +10$", put.Output);
        await hub.RunAsync("memory", "put", ns, "other", "\"a \\\"text\\\"\"");

        Assert.Equal(1, (await hub.RunAsync("memory", "get", ns, "plan:1", "--json")).Json.GetProperty("value").GetProperty("step").GetInt32());
        Assert.Equal("a \"text\"", (await hub.RunAsync("memory", "get", ns, "other", "-r")).Output.Trim());
        Assert.Equal("\"a \\\"text\\\"\"", (await hub.RunAsync("memory", "get", ns, "other")).Output.Trim());
        var listed = (await hub.RunAsync("memory", "list", ns, "plan", "--json")).Json.GetProperty("entries");
        Assert.Equal(("plan:1", "cli"), (listed[0].GetProperty("key").GetString(), listed[0].GetProperty("metadata").GetProperty("source").GetString()));
        Assert.Equal(1, listed.GetArrayLength());
        Assert.Matches($"(?m)^{ns} +- +2 +22 ", (await hub.RunAsync("memory", "list", "--all")).Output);

        Assert.Equal(0, (await hub.RunAsync("memory", "rm", ns, "plan:1")).ExitCode);
        var gone = await hub.RunAsync("memory", "get", ns, "plan:1");
        Assert.Equal((1, "", $"waggle: There is no entry 'plan:1' in memory namespace '{ns}'."), (gone.ExitCode, gone.Output, gone.Error));
        Assert.Equal(1, (await hub.RunAsync("memory", "rm", ns, "plan:1")).ExitCode);
    }

    [Fact]
    public async Task A_put_with_an_idempotency_key_is_made_once()
    {
        var ns = Namespace();
        string[] put = ["memory", "put", ns, "plan", "1", "--if-version", "0", "--idempotency-key", "k", "--json"];
        var first = (await hub.RunAsync(put)).Json;
        var again = (await hub.RunAsync(put)).Json;

        Assert.Equal(first.GetProperty("version").GetInt64(), again.GetProperty("version").GetInt64());
        Assert.True(again.GetProperty("duplicate").GetBoolean());
    }

    [Fact]
    public async Task A_value_is_searched()
    {
        var ns = Namespace();
        await hub.RunAsync("memory", "put", ns, "deploy", "\"Deployments run on Fridays.\"");
        await TestKit.Eventually.Async(
            async () => (await hub.RunAsync("memory", "search", "fridays", "-n", ns, "--mode", "lexical", "--json")).Json.GetProperty("results").GetArrayLength() == 1,
            "the entry is indexed");

        Assert.Matches($@"(?m)^\d+\.\d\d +{ns} +deploy +Deployments run on Fridays\.$", (await hub.RunAsync("memory", "search", "fridays", "-n", ns, "--mode", "lexical")).Output);
        var refused = await hub.RunAsync("memory", "search", "fridays", "--threshold", "2");
        Assert.Equal((1, "waggle: threshold is a cosine from 0 to 1. Leave it out for the best entries, however far they are. (INVALID_REQUEST)"), (refused.ExitCode, refused.Error));
    }

    [Fact]
    public async Task A_value_comes_from_a_file_or_from_standard_input()
    {
        var ns = Namespace();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("value.json"), "[1, 2]");
        Assert.Equal(0, (await hub.RunAsync("memory", "put", ns, "file", "@" + folder.File("value.json"))).ExitCode);
        await using var piped = CliProcess.Start(await hub.UrlAsync(), ["memory", "put", ns, "piped", "-"], input: "[3]");
        Assert.Equal(0, (await piped.EndAsync()).ExitCode);

        Assert.Equal(2, (await hub.RunAsync("memory", "get", ns, "file", "--json")).Json.GetProperty("value").GetArrayLength());
        Assert.Equal(3, (await hub.RunAsync("memory", "get", ns, "piped", "--json")).Json.GetProperty("value")[0].GetInt32());
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_a_conflict()
    {
        var ns = Namespace();
        var version = (await hub.RunAsync("memory", "put", ns, "k", "1", "--if-version", "0", "--json")).Json.GetProperty("version").GetInt64();
        var taken = await hub.RunAsync("memory", "put", ns, "k", "2", "--if-version", "0");
        Assert.Equal(1, taken.ExitCode);
        Assert.Equal($"waggle: if_version was 0, and there is an entry 'k' already, at version {version}. (VERSION_CONFLICT)", taken.Error);
        Assert.Equal(0, (await hub.RunAsync("memory", "put", ns, "k", "2", "--if-version", $"{version}")).ExitCode);
    }

    [Fact]
    public async Task A_namespace_of_a_swarm_is_another_one()
    {
        var ns = Namespace();
        var swarm = await hub.NewSwarmAsync();
        await hub.RunAsync("memory", "put", ns, "k", "1", "--swarm", swarm);

        Assert.Equal(1, (await hub.RunAsync("memory", "get", ns, "k")).ExitCode);
        Assert.Equal("1", (await hub.RunAsync("memory", "get", ns, "k", "--swarm", swarm)).Output.Trim());
        Assert.Equal(swarm, (await hub.RunAsync("memory", "list", "--swarm", swarm, "--json")).Json.GetProperty("namespaces")[0].GetProperty("swarm").GetString());
    }

    [Theory]
    [InlineData("not json", 2, "is not JSON")]
    [InlineData("1", 1, "is not a valid id", "a.b")]
    [InlineData("1", 1, "is not a valid id", "a/b")]
    [InlineData("1", 1, "ttl_ms is 1 to", "k", "--ttl", "0s")]
    [InlineData("1", 1, "ttl_ms is 1 to", "k", "--ttl", "4000d")]
    [InlineData("1", 2, "is not a duration", "k", "--ttl", "soon")]
    [InlineData("1", 1, "if_version is 0", "k", "--if-version", "-1")]
    public async Task What_is_wrong_is_one_line_that_says_so(string value, int exit, string error, string key = "k", params string[] more)
    {
        var result = await hub.RunAsync(["memory", "put", Namespace(), key, value, .. more]);

        Assert.Equal((exit, ""), (result.ExitCode, result.Output));
        Assert.Contains(error, Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private static string Namespace() => $"n-{Guid.NewGuid():N}";
}
