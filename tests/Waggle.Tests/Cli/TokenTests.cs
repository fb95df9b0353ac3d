using System.Net;

namespace Waggle.Tests.Cli;

/// <summary>Tokens from the command line, and a hub that requires them.</summary>
public sealed class TokenTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Data => _folder.File("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_stands_alone_on_standard_output_and_opens_the_hub()
    {
        var token = await CreateAsync("--role", "observer");
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", Data, "--auth", "token"]);
        var url = new Uri((await hub.Output.WaitAsync("ready ")).Split(' ')[1]);
        using var http = new HttpClient { BaseAddress = url };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/api/v1/swarms", UriKind.Relative))).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/api/v1/swarms", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await http.PostAsync(new Uri("/api/v1/swarms", UriKind.Relative), new StringContent("""{"name":"x"}"""))).StatusCode);
        hub.Signal(CliProcess.Terminate);
        var ended = await hub.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.DoesNotContain(token, ended.Output + ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Development mode", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_says_what_a_token_says_and_whether_it_is_good()
    {
        var token = await CreateAsync("--permission", "read:tasks", "--swarm", "s1", "--namespace", "notes", "--agent", "bee", "--expires-in", "2h");
        await using var process = CliProcess.Start(null, ["token", "show", "-", "--data-folder", Data], input: token + "\n");
        var shown = await process.EndAsync();
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("\"swarms\":[\"s1\"],\"namespaces\":[\"notes\"],\"agent\":\"bee\"", shown.Output, StringComparison.Ordinal);
        Assert.Contains("valid: 'ann' may read:tasks", shown.Output, StringComparison.Ordinal);

        var elsewhere = _folder.File("elsewhere");
        await CliProcess.RunAsync(null, "token", "create", "--subject", "x", "--role", "admin", "--data-folder", elsewhere);
        var foreign = await CliProcess.RunAsync(null, "token", "show", token, "--data-folder", elsewhere);
        Assert.Equal(1, foreign.ExitCode);
        Assert.Contains("not valid: The token is signed with a key that this hub does not know.", foreign.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_opens_nothing_and_the_audit_log_tells_who_revoked_it()
    {
        var ann = await CreateAsync("--role", "observer");
        var admin = (await CliProcess.RunAsync(null, "token", "create", "--subject", "ann", "--role", "admin", "--data", Data)).Output.Trim();
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", Data, "--auth", "token"]);
        var url = (await hub.Output.WaitAsync("ready ")).Split(' ')[1];
        Assert.Equal(0, (await CliProcess.RunAsync(url, "swarm", "list", "--token", ann)).ExitCode);

        var revoked = await CliProcess.RunAsync(url, "token", "revoke", ann, "--reason", "laptop lost", "--token", admin);
        Assert.Equal("", revoked.Error);
        Assert.Contains("is revoked until", revoked.Output, StringComparison.Ordinal);

        var refused = await CliProcess.RunAsync(url, "swarm", "list", "--token", ann);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("is revoked", refused.Error, StringComparison.Ordinal);
        var audit = await CliProcess.RunAsync(url, "audit", "--action", "token.revoke", "--token", admin);
        Assert.Matches("ann +127.0.0.1 +token.revoke +[0-9a-f]{16} +done", audit.Output);
        var none = await CliProcess.RunAsync(url, "token", "revoke", "--token", admin);
        Assert.Equal((2, true), (none.ExitCode, none.Error.Contains("Give either the token or --id.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Show_makes_no_key()
    {
        var shown = await CliProcess.RunAsync(null, "token", "show", "e30.e30.", "--data-folder", Data);
        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("There is no signing key in", shown.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Theory]
    [InlineData("--role' 'king' is unknown", "--role", "king")]
    [InlineData("needs at least one --role or --permission", "--swarm", "s1")]
    [InlineData("--expires-in", "--role", "admin", "--expires-in", "soon")]
    [InlineData("--agent", "--role", "admin", "--agent", "a.b")]
    public async Task Wrong_wishes_are_refused(string expected, params string[] arguments)
    {
        var ended = await CliProcess.RunAsync(null, ["token", "create", "--subject", "ann", "--data-folder", Data, .. arguments]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.Contains(expected.Replace("' '", " '", StringComparison.Ordinal), ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("loopback only", "--host", "0.0.0.0")]
    [InlineData("loopback only", "--host", "192.168.1.5", "--auth", "none")]
    [InlineData("require auth 'token'", "--issuer", "x")]
    [InlineData("require issuer and audience", "--auth", "token", "--jwks", "https://id.example/keys")]
    [InlineData("There is no file", "--auth", "token", "--tls-cert", "none.pem", "--tls-key", "none.pem")]
    [InlineData("Could not read the keys of", "--auth", "token", "--jwks", "none.json", "--issuer", "x", "--audience", "y")]
    [InlineData("is neither an address nor a network", "--trusted-proxy", "10.0.0.0/99")]
    [InlineData("is not one of: none, token", "--auth", "maybe")]
    public async Task A_hub_that_cannot_be_what_was_asked_does_not_start(string expected, params string[] arguments)
    {
        var ended = await CliProcess.RunAsync(null, ["serve", "--port", "0", "--data", Data, .. arguments]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Development_mode_says_so()
    {
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", Data]);
        await hub.Output.WaitAsync("ready ");
        hub.Signal(CliProcess.Terminate);
        Assert.Contains("Development mode", (await hub.EndAsync()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("token", true)]
    public async Task The_library_that_verifies_tokens_is_loaded_only_where_tokens_are_in_use(string auth, bool loaded)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows what a process has loaded (/proc/PID/maps).");
        var token = await CreateAsync("--role", "observer");
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", Data, "--auth", auth]);
        using var http = new HttpClient { BaseAddress = new Uri((await hub.Output.WaitAsync("ready ")).Split(' ')[1]) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/api/v1/swarms", UriKind.Relative))).StatusCode);
        var maps = await File.ReadAllTextAsync($"/proc/{hub.Id}/maps");
        Assert.Contains("Waggle.Server.dll", maps, StringComparison.Ordinal);
        Assert.Equal(loaded, maps.Contains("Microsoft.IdentityModel", StringComparison.Ordinal));
    }

    private async Task<string> CreateAsync(params string[] arguments)
    {
        var made = await CliProcess.RunAsync(null, ["token", "create", "--subject", "ann", "--data-folder", Data, .. arguments]);
        Assert.Equal(0, made.ExitCode);
        Assert.StartsWith("waggle: Created a new signing key in", Assert.Single(made.Error.Split('\n')), StringComparison.Ordinal);
        Assert.Single(made.Output.TrimEnd('\n').Split('\n'));
        return made.Output.Trim();
    }
}
