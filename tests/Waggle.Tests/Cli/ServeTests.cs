using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Waggle.Client;
using Waggle.TestKit;

namespace Waggle.Tests.Cli;

/// <summary><c>waggle serve</c> as an operator uses it.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CliProcess.Terminate)]
    [InlineData(CliProcess.HangUp)]
    public async Task Standard_output_has_the_ready_line_and_nothing_else_and_SIGTERM_and_SIGHUP_drain(int signal)
    {
        await using var hub = Start("data");
        var url = (await hub.Output.WaitAsync("ready http://127.0.0.1:"))["ready ".Length..];
        var told = new TaskCompletionSource<Exception>();
        await using var client = await WaggleClient.ConnectAsync(new WaggleClientOptions { Url = new Uri(url), OnDisconnected = e => told.TrySetResult(e) });
        hub.Signal(signal);
        var ended = await hub.EndAsync();
        Assert.Equal(0, ended.ExitCode);
        Assert.Equal($"ready {url}", ended.Output);
        Assert.Contains("Hive 'default' opened", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", ended.Error, StringComparison.Ordinal);
        Assert.Contains("4002", (await told.Task.WaitAsync(Eventually.Patience)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ready_line_comes_as_JSON_when_asked_and_a_second_hub_on_the_folder_is_refused()
    {
        await using var hub = Start("data", "--json", "--task-retention", "12h", "--log-retention", "1d", "--sync", "normal");
        var ready = JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement;
        Assert.Equal(hub.Id, ready.GetProperty("pid").GetInt32());
        Assert.True(Uri.TryCreate(ready.GetProperty("ready").GetString(), UriKind.Absolute, out _));
        await RefusedAsync("is in use by process", "data");
    }

    [Fact]
    public async Task A_taken_port_is_one_clear_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await RefusedAsync($"Port {port} on localhost (127.0.0.1 or ::1) is in use.", "data", "--port", port.ToString());
    }

    [Fact]
    public async Task A_port_for_foreign_clients_is_named_in_the_ready_line()
    {
        await using var hub = Start("data", "--json", "--compat-port", "orchestrator-hub=0");
        var compat = JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement.GetProperty("compat").GetProperty("orchestrator-hub").GetString();
        using var http = new HttpClient();
        Assert.Contains("healthy", await http.GetStringAsync(new Uri($"{compat}/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_somebody_else_has_is_one_clear_line_and_the_hub_runs()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var hub = Start("data", "--json", "--compat-port", $"orchestrator-hub={((IPEndPoint)other.LocalEndpoint).Port}");
        Assert.Empty(JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement.GetProperty("compat").EnumerateObject());
        await hub.Error.WaitAsync(l => l.Contains("is not available; clients of orchestrator-hub cannot connect", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3000, false, false, "", true)]
    [InlineData(0, false, false, "", false)]
    [InlineData(7381, false, false, "", false)]
    [InlineData(7381, true, false, "", true)]
    [InlineData(0, true, false, "", true)]
    [InlineData(3000, false, true, "", false)]
    [InlineData(0, false, false, "orchestrator-hub=4001", true)]
    [InlineData(7381, false, false, "orchestrator-hub=4001", true)]
    [InlineData(3000, false, true, "orchestrator-hub=4001", true)]
    public void The_ports_of_foreign_clients_are_open_beside_the_standard_port_or_when_asked_for(int port, bool all, bool none, string named, bool open) =>
        Assert.Equal(open, Waggle.Commands.CompatPorts.Of(port, all, none, named.Length == 0 ? [] : [named]).ContainsKey("orchestrator-hub"));

    [Fact]
    public async Task A_hub_on_another_port_leaves_those_of_foreign_clients_alone()
    {
        await using var hub = CliProcess.Start(null, ["serve", "--port", $"{FreePort()}", "--data", _folder.File("data"), "--json"]);
        Assert.Empty(JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement.GetProperty("compat").EnumerateObject());
    }

    [Fact]
    public Task To_ask_for_them_and_to_forbid_them_is_refused() => RefusedAsync("exclude each other", "data", "--compat-ports", "--no-compat-ports");

    [Theory]
    [InlineData("localhost", true, true)]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("::1", false, true)]
    public async Task Localhost_is_both_of_its_addresses(string host, bool four, bool six)
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("This machine has no IPv6.");
        await using var hub = Start("data", "--host", host, "--compat-port", "orchestrator-hub=0", "--json");
        var ready = JsonDocument.Parse(await hub.Output.WaitAsync("ready")).RootElement;
        string[] urls = [ready.GetProperty("ready").GetString()!, ready.GetProperty("compat").GetProperty("orchestrator-hub").GetString()!];
        foreach (var url in urls.Select(u => new Uri(u)))
        {
            Assert.Equal(four, await AnswersAsync($"http://127.0.0.1:{url.Port}/health"));
            Assert.Equal(six, await AnswersAsync($"http://[::1]:{url.Port}/health"));
        }
    }

    [Fact]
    public async Task A_port_that_another_program_has_on_one_address_of_localhost_is_taken()
    {
        if (!Socket.OSSupportsIPv6) Assert.Skip("This machine has no IPv6.");
        using var other = new TcpListener(IPAddress.IPv6Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await RefusedAsync($"Port {port} on localhost (127.0.0.1 or ::1) is in use.", "data", "--port", port.ToString());
    }

    private static async Task<bool> AnswersAsync(string url)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri(url));
            return true;
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return false;
        }
    }

    [Theory]
    [InlineData("orchestrator-hub", false)]
    [InlineData("orchestrator-hub=x", false)]
    [InlineData("orchestrator-hub=65536", false)]
    [InlineData("klingon=3001", false)]
    [InlineData("orchestrator-hub=3001", true)]
    public void A_port_is_given_with_the_name_of_its_dialect(string text, bool isOne) => Assert.Equal(isOne, Waggle.Commands.CompatPorts.IsOne(text));

    [Fact]
    public async Task Neither_a_settings_file_of_the_current_folder_nor_the_environment_of_ASP_NET_adds_an_endpoint()
    {
        int[] ports = [FreePort(), FreePort()];
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), "{\"Kestrel\":{\"Endpoints\":{\"A\":{\"Url\":\"http://127.0.0.1:PORT\"}}}}".Replace("PORT", $"{ports[0]}", StringComparison.Ordinal));
        var variables = new Dictionary<string, string> { ["Kestrel__Endpoints__B__Url"] = $"http://127.0.0.1:{ports[1]}", ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{ports[1]}" };
        await using var hub = CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File("data")], variables: variables, folder: Path.GetDirectoryName(_folder.File("x")));
        await hub.Output.WaitAsync("ready http://127.0.0.1:");

        foreach (var port in ports)
        {
            using var socket = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [Fact]
    public Task Another_address_than_loopback_is_refused() => RefusedAsync("loopback only", "data", "--host", "0.0.0.0");

    [Fact]
    public async Task A_folder_that_holds_something_else_is_one_clear_line()
    {
        Directory.CreateDirectory(_folder.File("bad"));
        await File.WriteAllTextAsync(_folder.File("bad/waggle.db"), new string('x', 10_000));
        await RefusedAsync("waggle: ", "bad");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_one_clear_line()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "");
        await RefusedAsync("waggle: ", "file/data");
    }

    private CliProcess Start(string data, params string[] more) => CliProcess.Start(null, ["serve", "--port", "0", "--data", _folder.File(data), .. more]);

    private async Task RefusedAsync(string why, string data, params string[] more)
    {
        await using var hub = CliProcess.Start(null, ["serve", "--data", _folder.File(data), .. more.Contains("--port") ? more : [.. more, "--port", "0"]]);
        var ended = await hub.EndAsync();
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("", ended.Output);
        var said = ended.Error.Split('\n').Where(l => !l.StartsWith("info:", StringComparison.Ordinal)).ToArray();
        Assert.StartsWith("waggle: ", Assert.Single(said), StringComparison.Ordinal);
        Assert.Contains(why, said[0], StringComparison.Ordinal);
    }
}
