using System.Net;
using System.Net.Sockets;
using System.Text;
using Waggle.TestKit;
using Waggle.Tests.Cli;

namespace Waggle.Tests.Shared;

/// <summary>The address and token that a command uses: a listener reads the request of a real client.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class HubAddressTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HubAddressTests() => _listener.Start();

    private string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    private string Config => _folder.File("waggle/config.json");

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_file_has_the_address_and_the_token_of_the_hub()
    {
        Keep($$"""{"url":"{{Url}}","token":"from-file"}""");
        Assert.Equal("Bearer from-file", await AuthorizationAsync([]));
    }

    [Fact]
    public async Task The_variable_wins_over_the_file_and_the_flag_over_both()
    {
        Keep($$"""{"url":"{{Url}}","token":"from-file"}""");
        Assert.Equal("Bearer from-variable", await AuthorizationAsync([], ("WAGGLE_TOKEN", "from-variable")));
        Assert.Equal("Bearer from-flag", await AuthorizationAsync(["--token", "from-flag"], ("WAGGLE_TOKEN", "from-variable")));
        await File.WriteAllTextAsync(_folder.File("token"), "from-token-file\n");
        Assert.Equal("Bearer from-token-file", await AuthorizationAsync(["--token", "@" + _folder.File("token")]));
    }

    [Fact]
    public async Task A_token_that_is_kept_for_one_hub_is_not_sent_to_another()
    {
        Keep("""{"url":"http://hub.example:3000","token":"from-file"}""");
        Assert.Null(await AuthorizationAsync(["--url", Url]));
        Assert.Null(await AuthorizationAsync([], ("WAGGLE_URL", Url)));
    }

    [Fact]
    public async Task A_token_that_others_can_read_is_warned_of_and_never_printed()
    {
        Keep($$"""{"url":"{{Url}}","token":"secret-token"}""", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var list = Start([]);
        var warning = await list.Error.WaitAsync("users can read it");
        Assert.Contains($"chmod 600 {Config}", warning, StringComparison.Ordinal);
        list.Kill();
        var ended = await list.EndAsync();
        Assert.DoesNotContain("secret-token", ended.Output + ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"url":"ftp://x"}""", "key url 'ftp://x' is not a URL")]
    [InlineData("""{"ulr":"http://x"}""", "key ulr: unknown setting; valid settings: url, token.")]
    [InlineData("""{"url":3}""", "key url: expected a string.")]
    [InlineData("""{"token":"secret-token"}""", "a token without the url of its hub")]
    [InlineData("""{"token":"secret-token" "url"}""", "config.json is not JSON (line 1).")]
    public async Task A_file_that_is_wrong_is_one_line_and_exit_code_2(string text, string why)
    {
        Keep(text);
        await using var list = Start([]);
        var ended = await list.EndAsync();
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_prints_no_token()
    {
        Keep($$"""{"url":"{{Url}}","token":"secret-token"}""");
        await using var help = Start(["--help"], ("WAGGLE_TOKEN", "secret-token"));
        var ended = await help.EndAsync();
        Assert.Contains("--token", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-token", ended.Output, StringComparison.Ordinal);
    }

    private void Keep(string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Config)!);
        File.WriteAllText(Config, text);
        File.SetUnixFileMode(Config, mode);
    }

    private CliProcess Start(string[] arguments, params (string Name, string Value)[] variables) => CliProcess.Start(
        null,
        ["task", "list", .. arguments],
        variables: variables.Append(("XDG_CONFIG_HOME", _folder.Root)).ToDictionary(v => v.Item1, v => v.Item2));

    /// <summary>Returns the header of the first request; null without one.</summary>
    private async Task<string?> AuthorizationAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        await using var list = Start(arguments, variables);
        using var enough = new CancellationTokenSource(Eventually.Patience);
        using var socket = await _listener.AcceptTcpClientAsync(enough.Token);
        using var reader = new StreamReader(socket.GetStream(), Encoding.ASCII);
        string? found = null;
        while (await reader.ReadLineAsync(enough.Token) is { Length: > 0 } line)
        {
            if (line.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase)) found = line["Authorization: ".Length..];
        }

        list.Kill();
        await list.EndAsync();
        while (_listener.Pending()) (await _listener.AcceptTcpClientAsync(enough.Token)).Dispose();
        return found;
    }
}
